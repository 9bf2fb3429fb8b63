// Runs in the page before its own scripts and keeps what a test needs to look at: the peer connections, the devices
// that were opened, the sockets and in which order they were opened and closed by the page. The page itself has no hooks for tests.
export function record() {
  const seen = { peers: [], tracks: [], sockets: [], received: [], steps: [] };
  window.test = seen;

  const NativePeer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativePeer {
    constructor(...args) {
      super(...args);
      seen.peers.push(this);
    }
  };

  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(...args) {
      super(...args);
      const n = seen.sockets.push(this) - 1;
      this.addEventListener('open', () => seen.steps.push(`open ${n}`));
      this.addEventListener('message', ({ data }) => seen.received.push(JSON.parse(data).event));
    }

    close(...how) {
      seen.steps.push(`close ${seen.sockets.indexOf(this)}`);
      super.close(...how);
    }
  };

  if (!navigator.mediaDevices) return;
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  // What a case puts here runs before a device is opened: it may wait, or throw what a browser throws.
  seen.beforeDevices = async () => {};
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    await seen.beforeDevices(constraints);
    // A quarter of the usual picture: two encoders and two decoders share the cores with all else.
    if (constraints.video) constraints.video = { ...constraints.video, width: 320, height: 240 };
    const stream = await open(constraints);
    seen.tracks.push(...stream.getTracks());
    return stream;
  };
}
