/** Shells that `noroshi completion` writes for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
