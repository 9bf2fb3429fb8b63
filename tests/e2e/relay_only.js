/** Prepares a page as if no path but a relayed one could be had; `only` keeps the URLs that contain it. */
export const relayOnly = (only = '') => async (page, context) => {
  await context.addInitScript((wanted) => {
    const Real = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
      constructor(configuration) {
        const iceServers = configuration.iceServers
          .map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => url.includes(wanted)) }))
          .filter(({ urls }) => urls.length > 0);
        super({ ...configuration, iceServers, iceTransportPolicy: 'relay' });
      }
    };
  }, only);
};
