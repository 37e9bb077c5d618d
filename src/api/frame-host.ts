// A host whose pages may frame a share. Apart from the schemas, so that the page can check what is typed without them.

/** `example.org`, `*.example.org`, with a port if need be. */
export const FRAME_HOST = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;
