// Asks for the data of the network while the modules that draw it are still on their way.

globalThis.networkAnswer = fetch(document.currentScript.dataset.source);
networkAnswer.catch(() => {}); // whoever awaits it says so
