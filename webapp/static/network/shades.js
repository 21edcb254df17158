// Ten colours that are told apart, for each theme.

export const LIGHT = ["#0b57c2", "#b8560f", "#0a7f55", "#9c3f8f", "#8a6a00", "#00808f", "#b3261e", "#6a4fc4", "#4f7a1b", "#8c5a3c"];
export const DARK = ["#7db4ff", "#ff9a5c", "#3ccf9f", "#e59ad0", "#e0b84a", "#4cc3d1", "#ff8a80", "#b39dff", "#a3cf62", "#d3a283"];
