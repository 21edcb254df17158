// Asks for the dots, and starts what paints them, while the modules of the page are on their way.

(() => {
  const { points, worker } = document.currentScript.dataset;
  globalThis.mapWorker = new Worker(worker, { type: "module" });
  globalThis.mapDots = fetch(points).then((answer) => {
    if (!answer.ok) throw new Error(`The dots could not be read (${answer.status}).`);
    return answer.arrayBuffer();
  });
  globalThis.mapDots.catch(() => {}); // whoever awaits it says so
})();
