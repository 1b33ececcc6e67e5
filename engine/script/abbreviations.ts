/**
 * Abbreviations after which a sentence practically always goes on, lower case, without the full stop.
 * Spaced ones ("z. B.", "p. ej.") are found letter by letter by the rule for single letters.
 */
export const CONTINUING_ABBREVIATIONS: ReadonlySet<string> = new Set(
	[
		// English
		'dr mr mrs ms mx prof st gen col capt cmdr lt sgt rev hon gov sen rep pres mt ft vs viz cf approx nos vol fig figs pp eds messrs',
		// German
		'bzw ca ggf evtl nr str hr fr abs bd inkl exkl vgl sog abb kap geb gest mio mrd dipl tel',
		// French, Spanish, Italian, Portuguese
		'mme mlle env éd chap sr sra srta dra ud uds núm pág págs ej sig sigg dott pag exmo ilmo prov',
		// Dutch, Nordic, Polish, Czech, Turkish
		'dhr mevr bijv blz tzn ul ks zob např tj popř örn sn',
		// Spelled with full stops inside
		'e.g i.e z.b d.h p.ej p.ex bl.a m.in т.е',
		// Russian, Ukrainian
		'ул стр гл см проф акад тов',
	]
		.join(' ')
		.split(' '),
);

/** Abbreviations that stand inside a sentence as well as at its end: what follows decides. */
export const AMBIGUOUS_ABBREVIATIONS: ReadonlySet<string> = new Set(
	[
		'etc inc ltd co corp jr sr al no ed dept est ave blvd rd jan feb mar apr jun jul aug sep sept oct nov dec',
		'рис usw etw ecc enz itd itp osv jne vb др пр тыс млн млрд руб гг',
	]
		.join(' ')
		.split(' '),
);

/** Words that open a sentence so often that a capital after an ambiguous full stop is taken for a new sentence. */
export const SENTENCE_OPENERS: ReadonlySet<string> = new Set(
	[
		'the a an it he she we they you i this that these those there here in on at for from by as if when while then so but and or yet however after before what why how who where now today its his her our their my your',
		'der die das ein eine er sie es wir ihr ich dies dieser diese dieses da dort hier und aber oder doch wenn als dann so was wie wer wo warum im am auf für von nach vor',
		'le la les un une il elle nous vous ils elles je ce cette ces mais et ou quand si alors dans pour par après avant',
		'el los las uno una ella nosotros ellos yo este esta estos pero y cuando entonces en para por después antes',
		'lo gli i uno egli noi voi loro questo questa ma e quando poi nel per o os as ele eu isso mas',
		'он она оно они мы вы я это эти этот эта но и а когда если тогда в на',
	]
		.join(' ')
		.split(' '),
);

/** Languages in which a number with a full stop is an ordinal ("am 3. Oktober"). */
export const ORDINAL_DOT_LANGUAGES: ReadonlySet<string> = new Set(
	'de da nb nn no fi cs sk hu pl hr sr sl et lv tr is fo lb'.split(' '),
);

/** Month names of those languages, lower case: after "3." they show an ordinal even when the language is not known. */
export const ORDINAL_MONTHS: ReadonlySet<string> = new Set(
	[
		'januar jänner februar märz april mai juni juli august september oktober november dezember',
		'marts maj december desember mars ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık',
	]
		.join(' ')
		.split(' '),
);
