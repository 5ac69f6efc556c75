const SHAPE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text, whatever it is, can be one of our ids: a database refuses anything else with an error. */
export const isUuid = (text: string): boolean => SHAPE.test(text);
