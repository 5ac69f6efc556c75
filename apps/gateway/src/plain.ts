/** A view as it comes from a service: its members, no class. */
export type Plain<View> = Pick<View, keyof View>;
