/** Narrations in many languages: what the property tests are made of. */
export const NARRATIONS: Record<string, string> = {
	en: 'Dr. Smith paid $3.14 for tea at 5 p.m. on Monday. "Stop!" he said. "Why?" She waited... Then she left, e.g. by train.\n\n1. First we rest. 2. Then we go on.',
	de: 'Am 3. Oktober kommt Dr. Müller, z. B. mit Frau Schulz. „Wirklich?“, fragte er. Das kostet ca. 1.000,50 Euro usw. Danach geht es weiter.',
	fr: 'M. Dupont habite à Paris. « Vraiment ? » demanda-t-elle. Il répondit : « Oui ! » puis il partit…',
	ja: '東京は日本の首都です。「はい。」と彼は言った。人口は約1,400万人です！それは本当ですか？とても大きな都市です。',
	zh: '北京是中国的首都。“真的吗？”他问。人口超过两千万，而且还在增长……这是一个很大的城市！',
	th: 'กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย มีประชากรมากกว่าสิบล้านคน อาหารอร่อยมาก ผู้คนใจดี',
	ar: 'القاهرة هي عاصمة مصر. هل تعرف ذلك؟ نعم، بالطبع! يسكنها أكثر من عشرين مليون نسمة.',
	hi: 'दिल्ली भारत की राजधानी है। क्या यह सच है? हाँ! यहाँ बहुत से लोग रहते हैं।',
	ru: 'Москва — столица России. Это правда? Да! Здесь живёт более 12 млн. человек, и т. д. Город растёт.',
	ko: '서울은 대한민국의 수도입니다. 정말인가요? 네! 인구는 약 950만 명입니다.',
	he: 'ירושלים היא עיר הבירה. באמת? כן! גרים בה כמעט מיליון תושבים.',
	emoji: 'Hello 👋🏽! Flags 🇩🇪🇯🇵 and families 👨‍👩‍👧‍👦 are fun 🎉🎉. Café with a combining e\u0301? Yes.',
	windows: 'First line.\r\nSecond line, which goes on.\r\n\r\nThird paragraph.\r\n',
};

/** A text without its white space, which is all that splitting may change. */
export function squeeze(text: string): string {
	return text.replace(/\s+/g, '');
}
