export const clientName = (index: number): string => `c${String(index).padStart(5, '0')}`
