// The WebSocket suite: RFC 6455 from the side of the server, byte for byte. `--only REGEX` picks cases by name,
// `--verbose` prints each with its time.
import { runSuite } from '../suite.js';
import { closeCases } from './close_cases.js';
import { controlCases } from './control_cases.js';
import { fragmentCases } from './fragment_cases.js';
import { framingCases } from './framing_cases.js';
import { handshakeCases } from './handshake_cases.js';
import { limitCases, limitServers } from './limit_cases.js';
import { serverFrameCases } from './server_frame_cases.js';
import { streamCases } from './stream_cases.js';
import { utf8Cases } from './utf8_cases.js';

await runSuite('websocket', {
  servers: { default: {}, ...limitServers },
  // Those that wait for a timer come first, so that the rest fills the time.
  cases: [
    ...limitCases,
    ...handshakeCases,
    ...framingCases,
    ...controlCases,
    ...fragmentCases,
    ...utf8Cases,
    ...closeCases,
    ...streamCases,
    ...serverFrameCases,
  ],
});
