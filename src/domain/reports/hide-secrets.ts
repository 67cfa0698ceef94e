/** Values of keys named so, in JSON whole or broken: a string up to its end or the end of the text, or a bare word. */
const SECRETS = /("(?:secret|password|token|authorization)"\s*:\s*)("(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s,}\]"[{]+)/gi;

/** A report's text without what nobody who reads it should know. */
export function hideSecrets(text: string): string {
  return text.replaceAll(SECRETS, '$1"[redacted]"');
}
