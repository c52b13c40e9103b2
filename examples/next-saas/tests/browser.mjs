/** As much of a browser as the application needs without JavaScript: cookies, pages and forms. */

/** Cookies of one visitor. */
export class Browser {
  cookies = new Map();

  constructor(origin) {
    this.origin = origin;
  }

  /** Another browser with the same cookies, as a second tab that has not heard of the first. */
  clone() {
    const other = new Browser(this.origin);
    other.cookies = new Map(this.cookies);
    return other;
  }

  /** One request; redirects are for the caller to follow. */
  async request(path, init = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.origin), {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie && { cookie }), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return { response, status: response.status, location: response.headers.get('location'), text: await response.text() };
  }

  /** A page, after its redirects. */
  async open(path) {
    let page = await this.request(path);
    for (let hops = 0; page.location && hops < 5; hops += 1) page = await this.request(page.location);
    return page;
  }

  /** Sends the form of a page that has the given button, with its hidden fields. */
  async submit(path, button, fields = {}) {
    const { text } = await this.open(path);
    const form = [...text.matchAll(/<form\b[\s\S]*?<\/form>/g)].map(([html]) => html).find((html) => html.includes(`>${button}</button>`));
    if (!form) throw new Error(`${path} has no form with a button "${button}"`);
    const body = new FormData();
    for (const [input] of form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)) {
      body.append(attribute(input, 'name'), attribute(input, 'value'));
    }
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return this.request(path, { method: 'POST', body, headers: { origin: this.origin } });
  }

  #keep(line) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const [name, ...value] = pair.split('=');
    const gone = attributes.some((text) => /^max-age=0$/i.test(text)) || value.join('=') === '';
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, value.join('='));
  }
}

function attribute(tag, name) {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return unescapeHtml(value);
}

/** Text as a reader sees it: entities resolved, tags and React's comments gone. */
export function visibleText(html) {
  return unescapeHtml(html.replace(/<script\b[\s\S]*?<\/script>/g, '').replace(/<!--.*?-->/g, '').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ');
}

function unescapeHtml(text) {
  const entities = { quot: '"', amp: '&', lt: '<', gt: '>', '#x27': "'", '#39': "'" };
  return text.replace(/&([a-z]+|#x?[0-9a-f]+);/gi, (whole, name) => entities[name] ?? whole);
}
