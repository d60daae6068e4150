/** Strings that try a tokenizer: twenty scripts, and whatever else stands in texts from outside. Seeded: the same on any machine. */

/** mulberry32 (Tommy Ettinger, public domain): from 0 to below 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Script {
  readonly name: string;
  /** Characters that were assigned long before any Unicode version in question (letters, signs and digits alike). */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  readonly phrase: string;
}

export const SCRIPTS: readonly Script[] = [
  { name: 'Latin', ranges: [[0x41, 0x5a], [0x61, 0x7a], [0xc0, 0x24f], [0x1e00, 0x1eff]], phrase: "It's Zürich's coöperative façade, and they've 1,234.50 reasons; don't you? Żółć, Đặng, İstanbul." },
  { name: 'Cyrillic', ranges: [[0x400, 0x481], [0x48a, 0x52f]], phrase: 'Съешь же ещё этих мягких французских булок, да выпей чаю. Їжак, ґанок, ўлад.' },
  { name: 'Greek', ranges: [[0x391, 0x3a1], [0x3a3, 0x3ce], [0x1f00, 0x1f15]], phrase: 'Ξεσκεπάζω την ψυχοφθόρα βδελυγμία· τὸ ἔργον τοῦ ἀνθρώπου;' },
  { name: 'Arabic', ranges: [[0x621, 0x63a], [0x641, 0x652], [0x660, 0x669], [0x671, 0x6d3]], phrase: 'صِفْ خَلْقَ خَوْدٍ كَمِثْلِ الشَّمْسِ، في عام ١٤٤٥ هـ؟ می‌خواهم' },
  { name: 'Hebrew', ranges: [[0x5b0, 0x5bd], [0x5d0, 0x5ea]], phrase: 'דג סקרן שט בים מאוכזב ולפתע מצא לו חברה; בְּרֵאשִׁית בָּרָא' },
  { name: 'Devanagari', ranges: [[0x901, 0x939], [0x93c, 0x94d], [0x958, 0x96f]], phrase: 'ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश। १२३' },
  { name: 'Bengali', ranges: [[0x985, 0x98c], [0x993, 0x9a8], [0x9be, 0x9c4], [0x9e6, 0x9ef]], phrase: 'সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে। ৪৫৬' },
  { name: 'Tamil', ranges: [[0xb85, 0xb8a], [0xb8e, 0xb90], [0xbae, 0xbb9], [0xbbe, 0xbc2], [0xbe6, 0xbf2]], phrase: 'மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்' },
  { name: 'Thai', ranges: [[0xe01, 0xe3a], [0xe40, 0xe5b]], phrase: 'เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน ๑๒๓' },
  { name: 'Georgian', ranges: [[0x10a0, 0x10c5], [0x10d0, 0x10fa]], phrase: 'ყველა ადამიანი იბადება თავისუფალი და თანასწორი' },
  { name: 'Armenian', ranges: [[0x531, 0x556], [0x561, 0x587]], phrase: 'Բոլոր մարդիկ ծնվում են ազատ ու հավասար և իրենց' },
  { name: 'Hangul', ranges: [[0xac00, 0xd7a3], [0x1100, 0x1112], [0x1161, 0x1175]], phrase: '모든 인간은 태어날 때부터 자유로우며, 키스의 고유조건은 2024년' },
  { name: 'Kana', ranges: [[0x3041, 0x3096], [0x30a1, 0x30fa], [0xff66, 0xff9d]], phrase: 'いろはにほへと ちりぬるを、アイウエオ・ｶﾞｷﾞｸﾞ「東京タワー」です。' },
  { name: 'Han', ranges: [[0x4e00, 0x9fa5], [0x3400, 0x4db5], [0x20000, 0x2a6d6], [0xf900, 0xfa2d]], phrase: '人人生而自由，在尊嚴和權利上一律平等。二〇二四年，搜索引擎！' },
  { name: 'Ethiopic', ranges: [[0x1200, 0x1248], [0x1260, 0x1286], [0x1369, 0x137c]], phrase: 'የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።' },
  { name: 'Khmer', ranges: [[0x1780, 0x17b3], [0x17b6, 0x17d3], [0x17e0, 0x17e9]], phrase: 'មនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាព' },
  { name: 'Burmese', ranges: [[0x1000, 0x1021], [0x102c, 0x1032], [0x1036, 0x1049]], phrase: 'လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့်' },
  { name: 'Cherokee', ranges: [[0x13a0, 0x13f4]], phrase: 'ᏂᎦᏓ ᎠᏂᏴᏫ ᏂᎨᎫᏓᎸᎾ ᎠᎴ ᎤᏂᏠᏱ' },
  { name: 'Emoji', ranges: [[0x1f300, 0x1f5ff], [0x1f600, 0x1f64f], [0x2600, 0x26ff]], phrase: '👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇯🇵 👍🏽 1️⃣ ❤️‍🔥 🧑🏿‍🚀' },
  { name: 'Marks', ranges: [[0x300, 0x34e], [0x1ab0, 0x1abd], [0x20d0, 0x20f0], [0xfe00, 0xfe0f]], phrase: 'Z̸̡̛a͇͑l̴g̷o̵ e\u0301 q\u0307\u0323 \u1100\u1161\u11a8 \u0928\u093c A\u030a \u212b \u2126 >\u0338' },
];

const SPACES = [' ', ' ', ' ', ' ', '  ', '   ', '        ', '\t', '\t\t', '\n', '\n\n', '\r\n', ' \n', '\n ', '  \n\n  ', ' \t \r\n', '\u00a0', '\u3000', '\u2003 ', '\u0085', '\u2028', '\ufeff', '\u200b', '\v\f'];
const NUMBERS = ['0', '7', '42', '1999', '3.14159', '1,000,000', '12345678901234567890', '½', 'Ⅷ', '²', '٣٤٥', '१२', '๙', '一二三', '①', ' 5', '  6', '0x1F', '1e-9', '5th', '７８'];
const MARKS = ['.', ',', '!', '?!', '...', '…', '(', ')', '[1]', '"', '“”', '—', '-', '--', '/', '\\', '://', '@', '#', '$', '€', '%', '^&*', '|', '<', '>', '<|', '|>', '_', '__', '`', '```', '~', '。', '、', '！？', '؟', '।', '«»', "'", "''"];
const CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "'Ve", "'x", '’s', " 's", "''s", "'s's", "I'm", "they'D've"];
const CODE = [
  'function f(a, b) {\n  return a?.b ?? [...c];\n}\n', 'for (let i = 0; i < n; i++) {\n\t\tx[i] += 1;\n\t}', '<div class="a b">\n    <p>x</p>\n</div>', 'SELECT * FROM t WHERE id=$1;--', 'def __init__(self, x: int=0) -> None:\n        pass\n',
  '#include <stdio.h>\r\n', 'https://example.org/a/b?c=d&e=%20#f', 'C:\\Users\\x\\y.txt', '{"key": [1, 2.5, null]}', '$ rm -rf ./*\n', '\\frac{1}{2}\\alpha', 'camelCaseWord snake_case_word SCREAMING', '================', '    ', '!!!!!!!!', '/* * */',
];
const EMOJI = ['👨‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👍🏿', '🇫🇷', '❤️', '☺', '🧑‍💻', '3️⃣', '😀😀', '🫠'];
const SPECIAL = [
  '<|im_start|>', '<|im_end|>', '<|endoftext|>', '<|begin_of_text|>', '<|eot_id|>', '<|start_header_id|>user<|end_header_id|>\n\n', '<think>', '</think>', '<tool_call>', '<repo_name>', '<file_sep>', '<|fim_prefix|>', '<|reserved_special_token_7|>',
  '<|im_start|', '<|im_<|im_end|>', '<<think>>', ' <|im_end|> ', '<|im_end|>\u0338', '</think', '<s>', '[INST]', '<|im_start|>assistant\n',
];
const STRANGE = ['\ud83d', '\udc4d', '\ud800\ud801', '\0', '\u0004', '\u0006\u0013', '\u001b[0m', '\u007f', '\ue000', '\u{f0000}', '\u{10fffd}', '\u{50000}', '\u{9abcd}', '\ufffd', '\uffff', '\u00ad', '\u202eabc', 'ﬀ', 'ŉ', 'ß', 'ẞ', 'ǅ', '𝔘𝔫𝔦', '𐍈', '\u0344', '\u0958', '\u2f800'];

/**
 * `texts`: what tokens of a real vocabulary spell, so that long merges come up in every script. Lengths from 1 to some hundreds.
 */
export function* corpus(seed: number, count: number, texts: readonly string[]): Generator<string> {
  const random = randomFrom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const inRange = (character: number, { ranges }: Script): boolean => ranges.some(([first, last]) => character >= first && character <= last);
  const pools = SCRIPTS.map((script) => texts.filter((text) => [...text].some((character) => inRange(character.codePointAt(0)!, script))));

  const letters = (script: Script): string => Array.from({ length: 1 + below(8) }, () => pick(script.ranges)).map(([first, last]) => String.fromCodePoint(first + below(last - first + 1))).join('');
  const word = (index: number): string => {
    const script = SCRIPTS[index]!;
    const kind = random();
    if (kind < 0.5 && pools[index]!.length > 0) return pick(pools[index]!);
    if (kind < 0.8) return letters(script);
    const start = below(script.phrase.length);
    return script.phrase.slice(start, start + 1 + below(30));
  };
  const part = (index: number): string => {
    const kind = random();
    if (kind < 0.42) return word(index);
    if (kind < 0.68) return pick(SPACES);
    if (kind < 0.75) return pick(NUMBERS);
    if (kind < 0.83) return pick(MARKS);
    if (kind < 0.86) return pick(CONTRACTIONS);
    if (kind < 0.89) return pick(CODE);
    if (kind < 0.91) return pick(EMOJI);
    if (kind < 0.93) return pick(SPECIAL);
    if (kind < 0.95) return word(index).normalize('NFD');
    if (kind < 0.96) return pick(STRANGE);
    if (kind < 0.98) return word(below(SCRIPTS.length));
    return pick(texts);
  };
  for (let i = 0; i < count; i++) {
    const index = i % SCRIPTS.length;
    yield Array.from({ length: 1 + below(random() < 0.04 ? 30 : 9) }, () => part(index)).join('');
  }
}
