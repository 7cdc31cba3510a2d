import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { blockPath, updateRefusal, updateTagPath } from './web-requests.ts';

suite('requests to the web server of an Ewon', (test) => {
  test('a descriptor is URL-encoded', () =>
    assert.equal(blockPath('$dtEV$ftT$st_m10'), '/rcgi.bin/ParamForm?AST_Param=%24dtEV%24ftT%24st_m10'));

  test('a name and a value of a tag cannot add to the request, and are one byte a character', () =>
    assert.equal(
      assertOk(updateTagPath('Tank A', 'a&TagName2=B#%ü')),
      '/rcgi.bin/UpdateTagForm?TagName1=Tank%20A&TagValue1=a%26TagName2%3DB%23%25%FC',
    ));

  test('a page that says why a tag was not set is understood', () => {
    const page = (cell: string) => `<html><body><table><tr><td>${cell}</td></tr></table></body></html>`;
    assert.equal(updateRefusal(page('<span class="error">ERROR: </span>tag is read only')), 'tag is read only');
    assert.equal(updateRefusal(page('Done')), undefined);
  });

  test('no name, control characters and characters outside of Latin-1 are SETTING_BAD', () => {
    for (const [name, value] of [
      ['', '1'],
      ['A', '1\r\nX'],
      ['A\0', '1'],
      ['A', '日'],
    ] as const)
      assertFault(updateTagPath(name, value), 'SETTING_BAD');
  });
});
