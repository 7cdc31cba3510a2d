import { memoryOutbox } from './memory-outbox.ts';
import { outboxSuite } from './outbox-suite.ts';

outboxSuite('outbox in memory', () => {
  const outbox = memoryOutbox();
  return { open: () => outbox, keepEvents: 1000 };
});
