import { type Backbone, startBackbone } from "./backbone.ts";
import { cacheFolder, installParts } from "./parts/install.ts";
import { defaultJavaSearch, requireJava } from "./parts/java.ts";
import { fixedPorts, freePorts } from "./parts/ports.ts";
import { createRunFolder } from "./run-folder.ts";
import { defaultStage, synthesize } from "./template/synthesize.ts";

export interface LaunchOptions {
  /** Whose templates run. @default "prod" */
  readonly stage?: string;
  /**
   * Folder of templates of that stage that are there already, and the access file that they were synthesized with, the
   * project's if it is left out. @default synthesized for this start
   */
  readonly synthesized?: { readonly templates: string; readonly accessFile?: string };
  /** Free ports instead of the default ones. */
  readonly freePorts: boolean;
  /** Folder that keeps the state; undefined starts fresh. */
  readonly dataFolder: string | undefined;
  /** Told what happens, a line each. */
  readonly say: (line: string) => void;
}

/**
 * Everything from an installed project to a running backbone: checks the prerequisites, installs the parts,
 * synthesizes the templates, starts.
 * @throws BackboneError PREREQUISITE_MISSING before anything is started; PART_FAILED, TEMPLATE_UNSUPPORTED
 */
export async function launchBackbone(options: LaunchOptions): Promise<Backbone> {
  const java = requireJava(defaultJavaSearch(process.env));
  const ports = await (options.freePorts ? freePorts() : fixedPorts());
  const cache = cacheFolder(process.env);
  const stage = options.stage ?? defaultStage;
  options.say(`starting the local backbone from the synthesized templates of the stage ${stage}`);
  const folder = createRunFolder(cache, options.dataFolder);
  try {
    const { synthesized = { templates: folder.templates } } = options;
    const [parts] = await Promise.all([
      installParts(cache, options.say),
      options.synthesized === undefined ? synthesize(stage, synthesized.templates) : undefined,
    ]);
    return await startBackbone({ java, parts, ports, folder, stage, ...synthesized, say: options.say });
  } catch (error) {
    folder.discardState();
    throw error;
  }
}
