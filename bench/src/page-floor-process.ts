import { createServer } from 'node:http';

// The floor of the page: the least a page can be that shows a table of 50 Ewons and searches it, from a Node process.
// What the account page takes beyond this is its own. It has the same heads and ids, so that it is watched by the same means.

const ROWS = 50;
const rows = Array.from({ length: ROWS }, (_, i) => {
  const serial = `1500-${String(i).padStart(4, '0')}-21`;
  const cells = ['Online', serial, '14.9s3', '1.4.2', 'idle', 'Default', '25 s ago'];
  return `<tr><th scope="row">Press ${i + 1}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}).join('\n');
const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Floor</title></head>
<body>
<h1>Floor</h1>
<section id="ewons">
<input type="search" aria-label="Search Ewons">
<table><tbody>
${rows}
</tbody></table>
</section>
<script>
const box = document.querySelector('input');
const body = document.querySelector('tbody');
const all = [...body.rows];
box.addEventListener('input', () => body.replaceChildren(...all.filter((row) => row.textContent.includes(box.value))));
</script>
</body>
</html>
`;

const server = createServer(({ url }, answer) => {
  if (url !== '/') return void answer.writeHead(404).end(); // the icon that a browser asks for
  answer.setHeader('content-type', 'text/html; charset=utf-8');
  answer.end(PAGE);
});
server.listen(0, '127.0.0.1', () => {
  const at = server.address();
  process.stdout.write(`${at !== null && typeof at === 'object' ? at.port : ''}\n`);
});
