// Generated from graph/schema by `make generate`.

export const RELATIONS = ["finetune", "adapter", "merge", "quantized"];
export const WORDS = {"finetune": ["fine-tune", "fine-tunes"], "adapter": ["adapter", "adapters"], "merge": ["merge", "merges"], "quantized": ["quantization", "quantizations"]};
export const DASH = {"finetune": [], "adapter": [6, 3], "merge": [], "quantized": [1.5, 3]};
export const DOUBLE = {"finetune": false, "adapter": false, "merge": true, "quantized": false};
export const CORNERS = {"finetune": [], "adapter": [[-0.89, -0.89], [0.89, -0.89], [0.89, 0.89], [-0.89, 0.89]], "merge": [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]], "quantized": [[0, -1.25], [1.2, 0.9], [-1.2, 0.9]]};
