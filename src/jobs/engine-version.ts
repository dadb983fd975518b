/** Part of every plan's id: raise it whenever a plan of some tree would come out differently than before. */
export const ENGINE_VERSION = '1.0.8';
