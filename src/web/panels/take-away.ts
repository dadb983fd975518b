/** Take away: what is shown as a picture, a graph, a trace, text; the request as a command line. */

import { getJson } from '../api.ts';
import type { Scripts } from '../model/answers.ts';
import { layoutOf } from '../model/layout.ts';
import { button, element } from '../page-parts.ts';
import type { Shown } from '../shown.ts';
import { curlOf } from '../takeaway/curl.ts';
import { dotOf } from '../takeaway/dot.ts';
import { perfettoTrace } from '../takeaway/perfetto.ts';
import { svgOf } from '../takeaway/svg.ts';
import { textOf } from '../takeaway/text.ts';
import type { PageActions } from './page-actions.ts';

/** Pictures of larger trees help nobody. */
const PICTURE = 20_000;
const GRAPH = 2000;

export function takeAwayPanel({ plan, image }: Shown, { forest, seen, colours, play }: PageActions): Node {
  const panel = document.createElement('div');
  const name = plan.treeId.slice(0, 12);
  const add = (label: string, about: string, make: () => unknown, done = ''): void => {
    const line = element('p', '');
    const doer = button(label);
    const said = element('span', '', 'hint');
    said.setAttribute('role', 'status');
    doer.addEventListener('click', async () => {
      said.textContent = '';
      try {
        await make();
        said.textContent = done;
      } catch (error) {
        said.textContent = error instanceof Error ? error.message : String(error);
      }
    });
    line.append(doer, ` ${about} `, said);
    panel.append(line);
  };
  if (forest().size <= PICTURE) {
    add('SVG', 'The tree as it is shown now, as a picture.', () => {
      const title = `Process tree ${name}`;
      save(`${name}.svg`, 'image/svg+xml', svgOf(forest(), layoutOf(forest(), seen()), colours, title));
    });
  }
  if (forest().size <= GRAPH) {
    add('DOT', 'The same for Graphviz.', () =>
      save(`${name}.dot`, 'text/vnd.graphviz', dotOf(forest(), colours)),
    );
  }
  add('Text', 'The same as text, a line a process.', () =>
    save(`${name}.txt`, 'text/plain', textOf(forest())),
  );
  if (play.tracks) {
    add(
      'Perfetto trace',
      'The plan over time, to open in Perfetto: a track a process, what waits for what as flows.',
      async () => {
        const scripts = await getJson<Scripts>(`/v1/plans/${plan.id}/scripts`);
        save(`${name}.trace.json`, 'application/json', perfettoTrace(play.tracks!, scripts, play.calls));
      },
    );
  }
  add('Plan', 'The answer of the API as it came.', async () => {
    save(
      `${name}.plan.json`,
      'application/json',
      JSON.stringify(await getJson(`/v1/plans/${plan.id}?include=steps`)),
    );
  });
  const command = curlOf(location.origin, image, plan.treeId);
  add('Copy as curl', 'The request as a command line:', () => copy(command), 'Copied.');
  const shown = element('pre', command);
  shown.tabIndex = 0;
  panel.append(shown);
  return panel;
}

/** @throws Error where the browser has no clipboard for the page, as over plain HTTP from another machine */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    throw new Error('The browser does not let this page copy: select the command below.');
  }
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
