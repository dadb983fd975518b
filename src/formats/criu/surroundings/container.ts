/**
 * What a checkpoint archive says of its container: `config.dump` and `spec.dump` of Podman, CRI-O and containerd, and the
 * annotations of an image's index and manifest. Everything in them is optional, and whatever is not as expected is left out.
 */
import { type Container, LISTED } from '../../../engine/requirements/surroundings.ts';

type Json = Readonly<Record<string, unknown>>;

export class ContainerFacts {
  private config: Json = {};
  private spec: Json = {};
  private readonly annotations: Record<string, string> = {};
  private seen = false;

  addConfig(text: string): void {
    this.config = parsed(text);
    this.seen = true;
  }

  addSpec(text: string): void {
    this.spec = parsed(text);
    this.seen = true;
    this.addAnnotations(this.spec);
  }

  /** @param json an index, a manifest, a specification: whatever has `annotations`, also in its `manifests` */
  addAnnotations(json: unknown): void {
    const { annotations, manifests } = object(json);
    for (const [name, value] of Object.entries(object(annotations))) {
      if (!CHECKPOINT.test(name) || typeof value !== 'string') continue;
      if (Object.keys(this.annotations).length >= MOST_ANNOTATIONS) break;
      this.annotations[name] = value.slice(0, LONGEST);
      this.seen = true;
    }
    if (Array.isArray(manifests)) {
      for (const manifest of manifests.slice(0, MOST_ANNOTATIONS)) this.addAnnotations(manifest);
    }
  }

  result(): Container | null {
    if (!this.seen) return null;
    const { config, spec, annotations } = this;
    const process = object(spec.process);
    const own = object(spec.annotations);
    const manager = text(own['io.container.manager']);
    const mounts = Array.isArray(spec.mounts) ? spec.mounts.slice(0, LISTED).map(object) : [];
    const binds = mounts
      .filter(({ type, options }) => type === 'bind' || (Array.isArray(options) && options.includes('bind')))
      .flatMap(({ destination, source }) =>
        typeof destination === 'string' && typeof source === 'string'
          ? [{ destination: destination.slice(0, LONGEST), source: source.slice(0, LONGEST) }]
          : [],
      );
    return {
      manager: manager ?? text(annotations['org.criu.checkpoint.engine.name']),
      name:
        text(config.name) ??
        text(own['io.kubernetes.cri-o.annotations.checkpoint.name']) ??
        text(annotations['io.kubernetes.cri-o.annotations.checkpoint.name']) ??
        text(annotations['org.criu.checkpoint.container.name']),
      image:
        text(config.rootfsImageName) ??
        text(config.rootfsImage) ??
        text(annotations['org.criu.checkpoint.rootfsImage.name']),
      runtime: text(config.runtime) ?? text(config.ociRuntime),
      hostname: text(spec.hostname),
      terminal: process.terminal === true,
      binds,
      apparmorProfile: text(process.apparmorProfile),
      selinuxLabel: text(process.selinuxLabel),
      annotations,
    };
  }
}

const CHECKPOINT = /^(?:org\.criu\.checkpoint\.|io\.kubernetes\.cri-o\.annotations\.checkpoint\.)/;
const MOST_ANNOTATIONS = 100;
const LONGEST = 4096;

function parsed(json: string): Json {
  try {
    return object(JSON.parse(json));
  } catch {
    return {};
  }
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : null;
}
