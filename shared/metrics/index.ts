export { emfLine, type Metric, type MetricsDocument } from "./emf.ts";
