// Text that is JSON as far as its beginning tells: stacks may begin with a bracket, too (`[unknown];main`, `{main};work`).

export const beginsAsJson = (text: string): boolean => /^\s*(\{\s*["}]|\[\s*[[{"\]])/.test(text);
