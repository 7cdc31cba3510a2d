import { assert, suite } from '@ewon-agent/contracts/testing';
import { type SimulatedEwon, startEwon } from './start-ewon.ts';

suite('simulated Ewon over HTTP', (test) => {
  let ewon: SimulatedEwon;
  test.before(async () => {
    ewon = await startEwon({ password: 'secret', tags: { Level: 40.5, Batch: 'A' } });
  });
  test.after(() => ewon.close());

  const get = (path: string, password = 'secret') =>
    fetch(`${ewon.url}${path}`, {
      headers: { authorization: `Basic ${btoa(`adm:${password}`)}`, connection: 'close' },
    });
  const block = async (descriptor: string) =>
    (await get(`/rcgi.bin/ParamForm?AST_Param=${encodeURIComponent(descriptor)}`)).text();

  test('without the right password nothing is told', async () => {
    const answer = await get('/rcgi.bin/ParamForm?AST_Param=$dtES$ftT', 'guess');
    assert.equal(answer.status, 401);
    assert.equal(await answer.text(), '');
  });

  test('the status names the serial number', async () => {
    assert.match(await block('$dtES$ftT'), /^SerNum:1524-0071-21\r$/m);
  });

  test('a tag that is written is read back', async () => {
    assert.match(await (await get('/rcgi.bin/UpdateTagForm?TagName1=Level&TagValue1=41')).text(), /<td>Done<\/td>/);
    assert.match(await block('$dtIV$ftT'), /^1;"Level";41;0;0;65472\r$/m);
  });

  test('events of the last minutes come with their id', async () => {
    ewon.log('bkz-The SD device has been inserted', 'udevmon', 1_073_779_147);
    assert.match(
      await block('$dtEV$ftT$st_m10'),
      /"bkz-The SD device has been inserted";"udevmon";\d+;1073779147\r\n$/,
    );
  });

  test('a block that it does not hold is refused by name', async () => {
    const answer = await get('/rcgi.bin/ParamForm?AST_Param=$dtHL$ftT');
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /\$dtHL\$ftT/);
  });
});
