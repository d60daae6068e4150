/**
 * Writes pages without a model, from sentence frames: the server's generator where none is configured, and the one that repairs what
 * a model got wrong. So it owes what a model does not: a useful document always states an accepted answer, and a noisy one holds none,
 * whatever the answers are. Every noisy document is checked as a whole; where one leaks, its sentences are chosen again one by one,
 * then words are replaced, then words are invented.
 */
import { type AnswerSet, compileAnswers, leaksAnswer, normalize } from '../documents/answers.ts';
import { cleanDay, cleanTopic, daysOf, dateOf, firstClean, inventedText, leaksDate, masked } from '../documents/clean.ts';
import { personName, wrongValue } from '../documents/counterfactual.ts';
import {
  ADJACENT, CLAIMS, FIELDS, fill, type Frame, INFORMATIVE, NEWS_KINDS, OPENERS, PARTIAL, PUBLISHER_KINDS, PUBLISHER_PLACES, type Slots, SUPPORT, TITLES, VAGUE, VALUES, WIKI_NAMES,
} from '../documents/phrases.ts';
import { NO_TOPIC, type Question, readQuestion } from '../documents/questions.ts';
import { heading, headingInside, upperFirst } from '../documents/wording.ts';
import { Draw } from '../hash.ts';
import type { GenerationRequest, Generator, PageTask } from './generator.ts';

/** Longer documents stop growing; shorter ones get a sentence more. In characters; a word has about six. */
const SHORT_TEXT = 200;
const LONG_TEXT = 330;

export function createTemplate(): Generator {
  return {
    name: 'template',
    generate: ({ task }: GenerationRequest) => {
      const documents = new Writer(task).documents();
      return { text: textOf(documents), documents, model: null, promptTokens: null, completionTokens: null, truncated: false };
    },
  };
}

function textOf(pages: readonly Page[]): string {
  return pages.map(({ title, site, date, text }, i) => `Doc ${i + 1}:\nTitle: ${title}\nSite: ${site}\nDate: ${date}\nText: ${text}\n`).join('\n');
}

/** Frames of one bank in seeded order, none twice before all were used. */
class Deck {
  readonly #frames: readonly Frame[];
  readonly #stride: number;
  #at: number;
  constructor(frames: readonly Frame[], draw: Draw) {
    this.#frames = frames;
    this.#at = draw.below(frames.length);
    // A stride that shares no factor with the length visits every frame.
    const strides = [5, 7, 11, 13, 3, 1].filter((stride) => frames.length % stride !== 0 || stride === 1);
    this.#stride = strides[draw.below(Math.min(3, strides.length))]!;
  }
  get size(): number {
    return this.#frames.length;
  }
  next(): Frame {
    const frame = this.#frames[this.#at]!;
    this.#at = (this.#at + this.#stride) % this.#frames.length;
    return frame;
  }
}

interface Page {
  readonly title: string;
  readonly site: string;
  readonly date: string;
  readonly text: string;
}

interface Draft {
  readonly sentences: readonly string[];
  /** Index of the sentence that states a value; -1 for none. */
  readonly claim: number;
}

/** How the documents of one kind speak of the subject. */
interface Subject {
  readonly topic: string;
  readonly heading: string;
  /** With its article. */
  readonly inside: string;
  /** The question as a heading; '' where it is no question. */
  readonly asked: string;
  readonly claim: ((value: string) => string) | null;
}

class Writer {
  readonly #task: PageTask;
  readonly #draw: Draw;
  readonly #answers: AnswerSet;
  readonly #question: Question;
  readonly #subject: Subject;
  readonly #decks = new Map<readonly Frame[], Deck>();
  readonly #genre: 'google' | 'wiki' | 'news';
  /** Sentences of the subject's field; null where none is recognised. */
  readonly #field: readonly Frame[] | null;
  readonly #today: number;
  readonly #texts: string[] = [];
  #noisySubject: Subject | null = null;

  constructor(task: PageTask) {
    this.#task = task;
    this.#draw = new Draw(task.seed);
    this.#answers = compileAnswers(task.goldenAnswers);
    this.#question = readQuestion(task.question ?? task.query);
    const asked = task.question === null || task.question === task.query ? this.#question : readQuestion(task.query);
    const isQuestion = asked.type !== 'keywords' && asked.words.length <= 90;
    this.#subject = {
      topic: asked.topic,
      ...headlines(asked.topic),
      asked: isQuestion ? heading(asked.words) : '',
      claim: this.#question.claim,
    };
    this.#genre = task.style === 'wiki' ? 'wiki' : task.topic === 'news' ? 'news' : 'google';
    this.#field = FIELDS.find(({ pattern }) => pattern.test(this.#question.words))?.sentences ?? null;
    this.#today = daysOf(task.today);
  }

  documents(): Page[] {
    return this.#task.kinds.map((kind) => {
      const page = kind === 'useful' ? this.#useful() : this.#noisy();
      this.#texts.push(page.text);
      return page;
    });
  }

  #next(frames: readonly Frame[]): Frame {
    let deck = this.#decks.get(frames);
    if (deck === undefined) this.#decks.set(frames, (deck = new Deck(frames, this.#draw)));
    return deck.next();
  }

  #slots(subject: Subject, value: string): Slots {
    const clause = subject.claim && value !== '' ? subject.claim(value) : '';
    return { t: subject.topic, h: subject.heading, n: subject.inside, q: subject.asked, v: value, c: clause, C: upperFirst(clause), s: publisher(this.#draw, this.#genre) };
  }

  #support(slots: Slots): string {
    return fill(this.#next(this.#field !== null && this.#draw.next() < 0.6 ? this.#field : SUPPORT[this.#genre]), slots);
  }

  #useful(): Page {
    const alias = this.#alias();
    const subject = this.#subject;
    const draft = alias === null ? this.#informative(subject) : this.#claiming(subject, alias);
    return { title: this.#title(subject), site: this.#site(), date: dateOf(this.#today - this.#age()), text: this.#joined(draft) };
  }

  /** Mostly the answer's main spelling; no line of ours may break in it. */
  #alias(): string | null {
    if (this.#answers.isEmpty) return null;
    const { goldenAnswers } = this.#task;
    const plain = goldenAnswers.filter((answer) => /[\p{L}\p{N}]/u.test(answer) && normalize(answer) !== '');
    const usable = plain.length > 0 ? plain : goldenAnswers.filter((answer) => normalize(answer) !== '');
    let alias = this.#draw.next() < 0.75 ? usable[0]! : usable[this.#draw.below(Math.min(4, usable.length))]!;
    // "… is The aorta": where there is a spelling without the capital article, that one.
    if (/^(?:The|An?) \p{Ll}/u.test(alias)) alias = usable.find((other) => !/^(?:The|An?) \p{Ll}/u.test(other)) ?? alias;
    return alias.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  }

  /** Opening, claim and what follows, the claim not always in the same place. */
  #claiming(subject: Subject, value: string): Draft {
    const slots = this.#slots(subject, value);
    const claim = this.#claim(slots, value);
    const opener = this.#next(OPENERS[this.#genre]);
    const place = this.#draw.next();
    if (place < 0.3) return { sentences: [claim, fill(opener, again(slots)), this.#support(slots)], claim: 0 };
    if (place < 0.75) return { sentences: [fill(opener, slots), claim, this.#support(slots)], claim: 1 };
    return { sentences: [fill(opener, slots), this.#support(slots), claim], claim: 2 };
  }

  #claim(slots: Slots, value: string): string {
    let text = '';
    if (slots.c === '' || this.#draw.next() < 0.12) text = fill(this.#next(VALUES[this.#question.type]), slots);
    else {
      let frame = this.#next(CLAIMS[this.#genre]);
      // An answer that begins with a small letter keeps it, so it may not open the sentence.
      while (frame[1] === 'C' && slots.c !== slots.C && slots.c.startsWith(value)) frame = this.#next(CLAIMS[this.#genre]);
      text = fill(frame, slots);
    }
    return /[.!?]["')]*\.$/.test(text) ? text.slice(0, -1) : text;
  }

  #informative(subject: Subject): Draft {
    const slots = this.#slots(subject, '');
    const sentences = [fill(this.#next(OPENERS[this.#genre]), slots), fill(this.#next(INFORMATIVE), this.#draw.next() < 0.5 ? slots : again(slots)), this.#support(slots)];
    return { sentences, claim: -1 };
  }

  #noisy(): Page {
    const subject = (this.#noisySubject ??= this.#cleanSubject());
    for (let tries = 0; tries < 3; tries++) {
      const page = { title: this.#title(subject), site: this.#site(), date: dateOf(this.#today - this.#age()), text: this.#joined(this.#distraction(subject)) };
      if (this.#answers.isEmpty) return page;
      // Nearly always all is clean, and one look shows it.
      if (!leaksAnswer(`${page.title}. ${page.site}. ${page.text}`, this.#answers) && !leaksDate(page.date, this.#answers)) return page;
      if (!leaksAnswer(page.text, this.#answers)) return this.#withCleanHead(page, subject);
    }
    return this.#withCleanHead({ title: '', site: '', date: dateOf(this.#today - this.#age()), text: this.#carefulText(subject) }, subject);
  }

  /** The subject in words that give nothing away; where the query itself holds an answer, without those words. */
  #cleanSubject(): Subject {
    const { topic, heading: head, asked, claim } = this.#subject;
    const whole = `${topic} | ${head} | ${asked} | ${claim === null ? '' : claim('')}`;
    if (this.#answers.isEmpty || !leaksAnswer(whole, this.#answers)) return this.#subject;
    const rest = cleanTopic(topic, this.#answers);
    return { topic: rest, ...headlines(rest), asked: '', claim: claim !== null && !leaksAnswer(claim(''), this.#answers) ? claim : null };
  }

  /** What a noisy document says: something wrong, something vague, a part, or something beside the point. */
  #distraction(subject: Subject): Draft {
    const golden = this.#answers.isEmpty ? null : (this.#task.goldenAnswers.find((answer) => /\d/.test(answer)) ?? this.#task.goldenAnswers[0] ?? null);
    const value = this.#draw.next() < 0.55 ? wrongValue(this.#question, golden, this.#draw, this.#task.today) : null;
    if (value !== null && (subject.claim !== null || subject === this.#subject)) return this.#claiming(subject, value);
    const slots = this.#slots(subject, '');
    const mode = this.#draw.next();
    const draft = (...sentences: string[]): Draft => ({ sentences, claim: -1 });
    if (mode >= 0.8) return draft(fill(this.#next(ADJACENT), slots), this.#support(slots), fill(this.#next(OPENERS[this.#genre]), again(slots)));
    const opener = fill(this.#next(OPENERS[this.#genre]), slots);
    const adjacent = fill(this.#next(ADJACENT), again(slots));
    if (mode < 0.35) return draft(opener, fill(this.#next(VAGUE), slots), adjacent);
    if (mode < 0.6) return draft(opener, this.#support(slots), fill(this.#next(PARTIAL), slots));
    return draft(opener, adjacent, fill(this.#next(mode < 0.7 ? VAGUE : PARTIAL), slots));
  }

  /** Sentences as one paragraph of a fair length that no document of the page had yet. */
  #joined({ sentences, claim }: Draft): string {
    let text = sentences.join(' ');
    if (text.length > LONG_TEXT) {
      // The last goes, unless it is what the document is there to say.
      const shorter = sentences.filter((_, at) => at !== (claim === sentences.length - 1 ? claim - 1 : sentences.length - 1)).join(' ');
      if (shorter.length >= SHORT_TEXT) text = shorter;
    }
    while (text.length < SHORT_TEXT || this.#texts.includes(text)) text += ` ${this.#support(this.#slots(this.#subject, ''))}`;
    return text;
  }

  /** Sentence by sentence from all banks; where the answers leave no three sentences, with invented words. */
  #carefulText(subject: Subject): string {
    const banks = [OPENERS[this.#genre], ADJACENT, VAGUE, PARTIAL, SUPPORT[this.#genre], INFORMATIVE];
    for (const topic of [subject.topic, NO_TOPIC, 'the matter']) {
      const slots = { ...this.#slots({ ...subject, topic, claim: null }, ''), s: cleanPublisher(this.#draw, this.#genre, this.#answers) };
      const chosen: string[] = [];
      for (const bank of banks) {
        for (let k = 0; k < bank.length && chosen.length < 3; k++) {
          const sentence = fill(this.#next(bank), slots);
          if (!leaksAnswer(sentence, this.#answers)) {
            chosen.push(sentence);
            break;
          }
        }
      }
      const text = chosen.join(' ');
      if (chosen.length >= 2 && !this.#texts.includes(text) && !leaksAnswer(text, this.#answers)) return text;
    }
    const slots = this.#slots({ ...subject, topic: NO_TOPIC, claim: null }, '');
    const draft = [OPENERS[this.#genre], ADJACENT, VAGUE].map((bank) => fill(this.#next(bank), slots)).join(' ');
    const text = masked(draft, this.#answers, this.#draw);
    if (text !== null && !this.#texts.includes(text)) return text;
    return `${inventedText(this.#draw, this.#answers, 34)}.`;
  }

  #title(subject: Subject): string {
    let frame = this.#next(TITLES[this.#genre]);
    while (frame[1] === 'q' && subject.asked === '') frame = this.#next(TITLES[this.#genre]);
    return fill(frame, { t: subject.topic, h: subject.heading, n: subject.inside, q: subject.asked, v: '', c: '', C: '', s: '' });
  }

  #site(): string {
    return this.#genre === 'wiki' ? WIKI_NAMES[0]! : publisher(this.#draw, this.#genre);
  }

  /** Age in days: most pages are a few months old, some many years; news is fresh. */
  #age(): number {
    const draw = this.#draw.next();
    return this.#genre === 'news' ? Math.floor(draw * draw * 45) : Math.floor(7 + draw * draw * 2900);
  }

  #withCleanHead(page: Page, subject: Subject): Page {
    const { title, site, date, text } = page;
    const answers = this.#answers;
    const cleanTitle = title !== '' && !leaksAnswer(title, answers) ? title : (firstClean(this.#titles(subject), answers) ?? inventedText(this.#draw, answers, 3));
    const cleanSite = site !== '' && !leaksAnswer(site, answers) ? site : cleanPublisher(this.#draw, this.#genre, answers);
    const cleanDate = leaksDate(date, answers) ? (cleanDay(this.#draw, answers, this.#today - 4000, this.#today) ?? '') : date;
    return { title: cleanTitle, site: cleanSite, date: cleanDate, text };
  }

  *#titles(subject: Subject): Iterable<string> {
    for (const topic of new Set([subject.topic, NO_TOPIC])) {
      for (let k = 0; k < TITLES[this.#genre].length; k++) yield this.#title({ ...subject, asked: '', topic, ...headlines(topic) });
    }
    for (let k = 0; k < 12; k++) yield personName(this.#draw);
  }
}

function headlines(topic: string): { heading: string; inside: string } {
  const short = topic.length <= 70 ? topic : topic.slice(0, Math.max(topic.lastIndexOf(' ', 70), 30));
  return { heading: heading(short), inside: headingInside(short) };
}

/** For a second mention: the subject's whole name twice in a row reads like a machine. */
function again(slots: Slots): Slots {
  return { ...slots, t: 'the subject' };
}

function publisher(draw: Draw, genre: 'google' | 'wiki' | 'news'): string {
  return `${draw.pick(PUBLISHER_PLACES)} ${draw.pick(genre === 'news' ? NEWS_KINDS : PUBLISHER_KINDS)}`;
}

function cleanPublisher(draw: Draw, genre: 'google' | 'wiki' | 'news', answers: AnswerSet): string {
  const names = genre === 'wiki' ? [...WIKI_NAMES] : [];
  for (let k = 0; k < 24; k++) names.push(publisher(draw, genre));
  return firstClean(names, answers) ?? inventedText(draw, answers, 2);
}
