/** Bring: the ways a tree comes to the page. A file chosen or dropped, a text pasted, an example. */

import { type Progress, postPlan } from './api.ts';
import { drawingOf, EXAMPLES } from './examples.ts';
import type { ReadyPlan } from './model/answers.ts';
import { button, element, part } from './page-parts.ts';

/** `played`: the plan is played at once. */
type Work = (make: (tell: Progress) => Promise<ReadyPlan>, played?: boolean) => Promise<void>;

export function bringTrees(work: Work): void {
  bringFiles(work);
  bringText(work);
  bringExamples(work);
}

function bringFiles(work: Work): void {
  const file = part<HTMLInputElement>('file');
  const send = (files: readonly File[]): void => {
    if (files.length > 0) void work((tell) => postFiles(files, tell));
  };
  file.addEventListener('change', () => {
    send([...(file.files ?? [])]);
    // The same file may be chosen again.
    file.value = '';
  });
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
    const { items = [], files = [] } = event.dataTransfer ?? {};
    if ([...items].some((item) => item.webkitGetAsEntry()?.isDirectory))
      void work(() => Promise.reject(FOLDER));
    else send([...files]);
  });
}

const FOLDER = new Error('A browser does not send a folder: choose the files in it, or pack it as tar.');

const NOTHING = new Error('There is no text yet: paste a tree image, JSON or NDJSON.');

/** One file is an image in any form; several are those of a CRIU image directory. */
function postFiles(files: readonly File[], tell: Progress): Promise<ReadyPlan> {
  const [only] = files;
  if (files.length === 1) return postPlan(only!, 'application/octet-stream', tell);
  const form = new FormData();
  for (const file of files) form.append('image', file, file.name);
  return postPlan(form, null, tell);
}

function bringText(work: Work): void {
  part('paste').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = part<HTMLTextAreaElement>('tree').value.trim();
    if (text === '') void work(() => Promise.reject(NOTHING));
    else void work((tell) => postPlan(new Blob([text]), typeOf(text), tell));
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
    const chooser = button('', 'example');
    chooser.dataset.example = name;
    const picture = document.createElement('img');
    picture.alt = '';
    // An image of its own: the styles of the drawing are nobody else's.
    picture.src = `data:image/svg+xml,${encodeURIComponent(drawingOf(example))}`;
    chooser.append(picture, element('strong', title), element('span', about, 'hint'));
    chooser.addEventListener('click', () => {
      void work((tell) => postPlan(JSON.stringify(image), 'application/json', tell), true);
    });
    gallery.append(chooser);
  }
}
