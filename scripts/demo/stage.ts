// How the demo speaks: numbered acts, commands as typed, ticks and crosses. A cross ends it: a demo that shrugs proves nothing.
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** A claim of the demo did not hold. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stdout });

export class Stage {
  #act = 0;

  say(text = ''): void {
    process.stdout.write(`${text}\n`);
  }

  act(title: string): void {
    this.say(`\n${paint('bold', `${++this.#act}. ${title}`)}`);
  }

  /** A command as an operator would type it, then what it printed. */
  command(typed: string, output = ''): void {
    this.say(`   ${paint('cyan', `$ ${typed}`)}`);
    for (const line of output.trimEnd().split('\n')) if (line !== '') this.say(`   ${line}`);
  }

  note(text: string): void {
    this.say(`   ${paint('dim', text)}`);
  }

  /** @throws DemoFailure when it does not hold */
  check(holds: boolean, text: string): void {
    this.say(`   ${holds ? paint('green', '✓') : paint('red', '✗')} ${text}`);
    if (!holds) throw new DemoFailure(text);
  }
}
