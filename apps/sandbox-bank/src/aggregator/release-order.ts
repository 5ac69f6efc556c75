export const RELEASE_ORDERS = ['as-they-happened', 'reversed', 'shuffled'] as const;
export type ReleaseOrder = (typeof RELEASE_ORDERS)[number];
