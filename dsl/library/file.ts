const folder = "<library>/";

/** The name under which a text of the library stands among the sources. */
export const libraryFileOf = (name: string): string => `${folder}${name}.spk`;

export const isLibrary = (file: string): boolean => file.startsWith(folder);
