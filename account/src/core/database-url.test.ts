import { assert, assertFault, suite } from '@ewon-agent/contracts/testing';
import { hasPassword, readDatabaseUrl, shownDatabase } from './database-url.ts';

suite('URL of a database', (test) => {
  test('a PostgreSQL and the name of a database on it, nothing else', () => {
    for (const good of [
      'postgres://db.example/ewon',
      'postgresql://u:p@h:5433/d?sslmode=verify-full',
      'postgres:///d?host=/run/pg',
    ])
      assert.ok(readDatabaseUrl(good).ok, good);
    for (const bad of ['', 'ewon', '/var/lib/x.sqlite', 'mysql://h/d', 'postgres://host', 'postgres://host/'])
      assertFault(readDatabaseUrl(bad), 'USAGE');
  });
  test('a password is seen wherever pg would take it from, and is not shown', () => {
    for (const url of ['postgres://u:Top5ecret@h/d', 'postgres://u@h/d?password=Top5ecret&x=1']) {
      assert.equal(hasPassword(url), true, url);
      assert.ok(!shownDatabase(url).includes('Top5ecret'), shownDatabase(url));
    }
    assert.equal(hasPassword('postgres://u@h/d?sslmode=verify-full'), false);
    assert.equal(shownDatabase('postgres://u:x@h:5433/d?sslmode=disable'), 'postgres://u@h:5433/d');
    assert.equal(shownDatabase('postgres:///d?host=/run'), 'postgres:///d');
    assert.equal(shownDatabase('no url, Top5ecret'), 'a database');
  });
});
