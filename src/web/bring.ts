/** Bring: the ways a tree comes to the page. A file chosen or dropped, a text pasted, an example. */

import { type Progress, postPlan } from './api.ts';
import { drawingOf, EXAMPLES } from './examples.ts';
import type { ReadyPlan } from './model/answers.ts';
import { element, part } from './page-parts.ts';

/** `played`: the plan is played at once. */
type Work = (make: (tell: Progress) => Promise<ReadyPlan>, played?: boolean) => Promise<void>;

export function bringTrees(work: Work): void {
  bringFiles(work);
  bringText(work);
  bringExamples(work);
}

function bringFiles(work: Work): void {
  const file = part<HTMLInputElement>('file');
  const send = (chosen: File | undefined): void => {
    if (chosen) void work((tell) => postPlan(chosen, 'application/octet-stream', tell));
  };
  file.addEventListener('change', () => send(file.files?.[0]));
  const drop = part('drop');
  for (const name of ['dragenter', 'dragover']) {
    addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  addEventListener('dragleave', () => drop.classList.remove('over'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    send(event.dataTransfer?.files[0]);
  });
}

function bringText(work: Work): void {
  part('paste').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = part<HTMLTextAreaElement>('tree').value.trim();
    if (text !== '') void work((tell) => postPlan(new Blob([text]), typeOf(text), tell));
  });
}

/** JSON is one value; NDJSON is one a line. */
function typeOf(text: string): string {
  try {
    JSON.parse(text);
    return 'application/json';
  } catch {
    return text.includes('\n{') ? 'application/x-ndjson' : 'application/json';
  }
}

function bringExamples(work: Work): void {
  const gallery = part('examples');
  for (const example of EXAMPLES) {
    const { name, title, about, image } = example;
    const button = element('button', '', 'example');
    button.setAttribute('type', 'button');
    button.dataset.example = name;
    const picture = document.createElement('img');
    picture.alt = '';
    // An image of its own: the styles of the drawing are nobody else's.
    picture.src = `data:image/svg+xml,${encodeURIComponent(drawingOf(example))}`;
    button.append(picture, element('strong', title), element('span', about, 'hint'));
    button.addEventListener('click', () => {
      void work((tell) => postPlan(JSON.stringify(image), 'application/json', tell), true);
    });
    gallery.append(button);
  }
}
