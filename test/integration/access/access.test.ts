// Parts of one file: they take turns on one broker, which is theirs alone.
import "./plan-and-apply.ts";
import "./refusals.ts";
import "./interrupted-apply.ts";
import "./deletions.ts";
import "./plan-file.ts";
import "./drift.ts";
import "./import.ts";
import "./kinds-of-cluster.ts";
