import { assert, suite } from '@ewon-agent/contracts/testing';
import { wireBytesIn } from './wire.ts';

// As iproute2 6.1 prints it, shortened.
const CONNECTIONS = `ESTAB 0      0      127.0.0.1:40000 127.0.0.1:8883  users:(("node",pid=42,fd=20))
	 cubic wscale:7,7 rto:204 bytes_sent:1000 bytes_acked:1001 bytes_received:300 segs_out:5 segs_in:4 data_segs_out:3
ESTAB 0      0      127.0.0.1:40001 127.0.0.1:8883  users:(("node",pid=421,fd=20))
	 cubic wscale:7,7 bytes_sent:7777 bytes_acked:7778 segs_out:9 segs_in:9
ESTAB 0      0      127.0.0.1:40002 127.0.0.1:443  users:(("node",pid=42,fd=21))
	 cubic bytes_sent:10 segs_out:1
`;

suite('bytes on the wire', (test) => {
  test('are those of all connections of the process, with 52 for the headers of each segment', () => {
    assert.equal(wireBytesIn(CONNECTIONS, 42), 1000 + 300 + 9 * 52 + 10 + 52);
  });

  test('a process without connections has none', () => {
    assert.equal(wireBytesIn(CONNECTIONS, 4), 0);
    assert.equal(wireBytesIn('', 42), 0);
  });
});
