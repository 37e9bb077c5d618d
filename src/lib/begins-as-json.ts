// Text that is JSON as far as its beginning tells, be it cut off there: stacks may begin with a bracket, too (`[unknown];main`, `{main};work`).

export const beginsAsJson = (text: string): boolean => /^\s*(\{\s*(["}]|$)|\[\s*([[{"\]]|$))/.test(text);
