/** A piece of HTML that is safe to send: made by `html`, which escapes every value that is not one itself. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = Html | string | number | undefined | readonly HtmlValue[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for element content and quoted attributes. Control and bidirectional characters are shown as what they are and do nothing. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => escapes[character] ?? character)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => {
      if (character === '\n') return character;
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    });
}

/** A template of HTML. Strings and numbers are escaped, lists joined, undefined is nothing. Attributes must be quoted. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += `${render(value)}${parts[index + 1] ?? ''}`;
  return new Html(text);
}

function render(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}
