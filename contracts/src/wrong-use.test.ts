import { assert, suite } from './testing/suite.ts';
import { wrongUseOf } from './wrong-use.ts';

const thrown = (code: string, exitCode: number, message: string) =>
  Object.assign(new Error(message), { code, exitCode });

suite('wrong use of a command', (test) => {
  test('what is wrong is said in the words of commander, without its head', () => {
    const fault = wrongUseOf(thrown('commander.unknownOption', 1, "error: unknown option '--colour'"));
    assert.deepEqual(fault, { code: 'USAGE', detail: "unknown option '--colour'" });
  });

  test('help that was asked for is no fault; a command line without a command is one', () => {
    assert.equal(wrongUseOf(thrown('commander.helpDisplayed', 0, '(outputHelp)')), undefined);
    assert.deepEqual(wrongUseOf(thrown('commander.help', 1, '(outputHelp)')), { code: 'USAGE', detail: 'no command' });
  });

  test('what commander did not throw goes on', () => {
    for (const error of [new Error('a bug'), thrown('ENOENT', 1, 'no file'), 'text']) {
      assert.throws(() => wrongUseOf(error));
    }
  });
});
