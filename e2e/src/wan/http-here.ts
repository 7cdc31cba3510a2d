import { createServer } from 'node:http';

// A program for a namespace: the web server of an Ewon whose tag counts, or the page of a captive portal. `node http-here.ts ewon|portal PORT`.

const [role, port] = process.argv.slice(2);
let level = 0;
const ESTAT =
  'SerNum:1524-0071-21\r\nCodeName:Flexy 202\r\nFwrVersion:14.6s0\r\nEthWANCableIn:1\r\nWanIp:10.213.11.3\r\n';
const VALUES = () => `"TagId";"TagName";"Value";"AlStatus";"AlType";"Quality"\r\n1;"Level";${++level};0;0;65472\r\n`;

createServer((request, response) => {
  if (role === 'portal') response.writeHead(302, { location: 'http://login.hotel.example/' }).end();
  else response.end(request.url?.includes('dtES') ? ESTAT : VALUES());
}).listen(Number(port), () => process.stdout.write('listening\n'));
process.stdin.resume().on('end', () => process.exit()); // who started it is gone
