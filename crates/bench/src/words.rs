//! The words of the four languages that the generated publication is written with: an invented
//! town, ordinary things, nobody real.

/// The order of the parts of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The library opens a new room by the river this week.
    SubjectVerbObject,
    /// This week the library by the river a new room opens.
    SubjectObjectVerb,
    /// This week opens the library a new room by the river.
    VerbSubjectObject,
}

/// What is written in one language.
#[derive(Debug)]
pub(crate) struct Language {
    /// Its code, which is the code of its edition.
    pub(crate) code: &'static str,
    /// Its own name.
    pub(crate) name: &'static str,
    /// The title of its edition.
    pub(crate) title: &'static str,
    pub(crate) order: Order,
    pub(crate) subjects: &'static [&'static str],
    pub(crate) verbs: &'static [&'static str],
    pub(crate) objects: &'static [&'static str],
    pub(crate) places: &'static [&'static str],
    pub(crate) times: &'static [&'static str],
    /// Names of the categories at the root, and of those below each of them.
    pub(crate) roots: &'static [&'static str],
    pub(crate) branches: &'static [&'static str],
    /// Parts of the names of tags.
    pub(crate) nouns: &'static [&'static str],
    pub(crate) qualities: &'static [&'static str],
    /// Whether the quality stands before the noun.
    pub(crate) quality_first: bool,
    /// Parts of the names of authors.
    pub(crate) first_names: &'static [&'static str],
    pub(crate) last_names: &'static [&'static str],
    /// What stands in the byline of readers' comments.
    pub(crate) reader: &'static str,
}

/// The languages, in the order of the editions.
pub(crate) const LANGUAGES: [&Language; 4] = [&ENGLISH, &PERSIAN, &ARABIC, &ALBANIAN];

const LATIN_FIRST: &[&str] = &["Mira", "Tomas", "Elira", "Jon", "Sara", "Arben", "Nora", "Luan", "Vera", "Darin"];
const LATIN_LAST: &[&str] = &["Millbrook", "Harbour", "Lindhill", "Stonegate", "Orchard", "Fielding"];

const ENGLISH: Language = Language {
    code: "en",
    name: "English",
    title: "The Lakeside Gazette",
    order: Order::SubjectVerbObject,
    subjects: &[
        "The town library", "The harbour office", "A group of gardeners", "The music school", "The bakery on Mill Street", "The ferry crew",
        "The primary school", "A local orchard", "The weather station", "The bridge workshop", "The weekly market", "The chess club",
        "The city archive", "A team of students", "The beekeepers' union", "The small theatre",
    ],
    verbs: &["opens", "shows", "repairs", "plans", "measures", "presents", "collects", "restores", "shares", "describes", "prepares", "finishes"],
    objects: &[
        "a new reading room", "the old stone stairs", "forty kinds of apples", "a map of the river", "the clock of the tower", "a long evening of songs",
        "the winter timetable", "three wooden boats", "a collection of letters", "the path to the lake", "a garden for children", "the bells of the square",
        "a list of rare birds", "the kitchen of the inn",
    ],
    places: &[
        "near the river", "behind the station", "in the upper town", "at the edge of the forest", "on the north shore", "beside the old mill",
        "under the arcade", "in the valley", "on the market square", "along the canal",
    ],
    times: &[
        "this week", "after the rain", "before the summer", "every second Sunday", "since the early morning", "during the holidays",
        "at the end of the month", "in the first days of autumn", "for the third time", "without any hurry",
    ],
    roots: &["Town", "Culture", "Nature", "Sport", "Travel", "Science", "Kitchen", "Letters"],
    branches: &["people", "places", "history", "calendar", "notes"],
    nouns: &[
        "bridge", "garden", "market", "book", "river", "harbour", "school", "theatre", "apple", "mill", "station", "tower", "boat", "song", "letter",
        "path", "bird", "lake",
    ],
    qualities: &[
        "old", "new", "small", "quiet", "blue", "green", "red", "wooden", "stone", "long", "round", "bright", "northern", "southern", "winter", "summer",
        "early",
    ],
    quality_first: true,
    first_names: LATIN_FIRST,
    last_names: LATIN_LAST,
    reader: "A reader",
};

const PERSIAN: Language = Language {
    code: "fa",
    name: "فارسی",
    title: "روزنامهٔ کنار دریاچه",
    order: Order::SubjectObjectVerb,
    subjects: &[
        "کتابخانهٔ شهر", "دفتر بندر", "گروهی از باغبانان", "مدرسهٔ موسیقی", "نانوایی خیابان آسیاب", "خدمهٔ کشتی", "دبستان محله", "باغ میوهٔ روستا",
        "ایستگاه هواشناسی", "کارگاه پل", "بازار هفتگی", "باشگاه شطرنج", "بایگانی شهر", "گروهی از دانشجویان", "انجمن زنبورداران", "تماشاخانهٔ کوچک",
    ],
    verbs: &[
        "را می‌گشاید", "را نشان می‌دهد", "را تعمیر می‌کند", "را آماده می‌کند", "را اندازه می‌گیرد", "را معرفی می‌کند", "را گردآوری می‌کند", "را بازسازی می‌کند",
        "را به اشتراک می‌گذارد", "را شرح می‌دهد", "را می‌سازد", "را به پایان می‌رساند",
    ],
    objects: &[
        "تالار تازهٔ مطالعه", "پله‌های سنگی کهن", "چهل گونه سیب", "نقشهٔ رودخانه", "ساعت برج", "شبی بلند از ترانه‌ها", "برنامهٔ زمستانی", "سه قایق چوبی",
        "مجموعه‌ای از نامه‌ها", "راه دریاچه", "باغی برای کودکان", "ناقوس‌های میدان", "فهرست پرندگان کمیاب", "آشپزخانهٔ مهمان‌خانه",
    ],
    places: &[
        "کنار رودخانه", "پشت ایستگاه", "در محلهٔ بالا", "در کنارهٔ جنگل", "در ساحل شمالی", "نزدیک آسیاب قدیمی", "زیر طاق‌ها", "در دره", "در میدان بازار",
        "در امتداد آبراه",
    ],
    times: &[
        "این هفته", "پس از باران", "پیش از تابستان", "یکشنبه‌ها", "از بامداد", "در روزهای تعطیل", "در پایان ماه", "در نخستین روزهای پاییز", "برای سومین بار",
        "بی‌شتاب",
    ],
    roots: &["شهر", "فرهنگ", "طبیعت", "ورزش", "سفر", "دانش", "آشپزخانه", "نامه‌ها"],
    branches: &["مردم", "جاها", "تاریخ", "تقویم", "یادداشت‌ها"],
    nouns: &[
        "پل", "باغ", "بازار", "کتاب", "رود", "بندر", "دبستان", "تئاتر", "سیب", "آسیاب", "ایستگاه", "برج", "قایق", "ترانه", "نامه", "راه", "پرنده", "دریاچه",
    ],
    qualities: &[
        "کهن", "نو", "کوچک", "آرام", "آبی", "سبز", "سرخ", "چوبی", "سنگی", "بلند", "گرد", "روشن", "شمالی", "جنوبی", "زمستانی", "تابستانی", "بامدادی",
    ],
    quality_first: false,
    first_names: &["میرا", "توماس", "الیرا", "یون", "سارا", "آربن", "نورا", "لوان", "ورا", "دارین"],
    last_names: &["جویباری", "بندری", "تپه‌ای", "سنگ‌دروازه", "باغستانی", "دشتی"],
    reader: "یک خواننده",
};

const ARABIC: Language = Language {
    code: "ar",
    name: "العربية",
    title: "جريدة ضفة البحيرة",
    order: Order::VerbSubjectObject,
    subjects: &[
        "مكتبة المدينة", "إدارة الميناء", "مجموعة من البستانيين", "مدرسة الموسيقى", "مخبزة شارع الطاحونة", "فرقة العبّارة", "مدرسة الحي", "مزرعة القرية",
        "محطة الأرصاد", "ورشة الجسر", "سوق الأسبوع", "رابطة الشطرنج", "دار الوثائق", "جماعة من الطلاب", "جمعية النحّالين", "فرقة المسرح الصغير",
    ],
    verbs: &["تفتح", "تعرض", "تصلح", "تعدّ", "تقيس", "تقدّم", "تجمع", "ترمّم", "تشارك", "تصف", "تبني", "تُكمل"],
    objects: &[
        "قاعة جديدة للقراءة", "الدرج الحجري القديم", "أربعين نوعًا من التفاح", "خريطة النهر", "ساعة البرج", "أمسية طويلة من الأغاني", "جدول الشتاء",
        "ثلاثة قوارب خشبية", "مجموعة من الرسائل", "الطريق إلى البحيرة", "حديقة للأطفال", "أجراس الساحة", "قائمة بالطيور النادرة", "مطبخ النُزُل",
    ],
    places: &[
        "قرب النهر", "خلف المحطة", "في الحي الأعلى", "عند طرف الغابة", "على الشاطئ الشمالي", "بجانب الطاحونة القديمة", "تحت الأقواس", "في الوادي",
        "في ساحة السوق", "على طول القناة",
    ],
    times: &[
        "هذا الأسبوع", "بعد المطر", "قبل الصيف", "كل يوم أحد", "منذ الصباح الباكر", "في أيام العطلة", "في نهاية الشهر", "في أول أيام الخريف", "للمرة الثالثة",
        "دون عجلة",
    ],
    roots: &["المدينة", "الثقافة", "الطبيعة", "الرياضة", "السفر", "العلوم", "المطبخ", "الرسائل"],
    branches: &["ناس", "أماكن", "تاريخ", "تقويم", "ملاحظات"],
    nouns: &[
        "جسر", "بستان", "سوق", "كتاب", "نهر", "ميناء", "صف", "مسرح", "تفاح", "طاحون", "موقف", "برج", "قارب", "لحن", "خطاب", "طريق", "طائر", "خليج",
    ],
    qualities: &[
        "قديم", "جديد", "صغير", "هادئ", "أزرق", "أخضر", "أحمر", "خشبي", "حجري", "طويل", "مستدير", "مشرق", "شمالي", "جنوبي", "شتوي", "صيفي", "مبكر",
    ],
    quality_first: false,
    first_names: &["ميرا", "توماس", "إليرا", "يون", "سارة", "أربن", "نورا", "لوان", "فيرا", "دارين"],
    last_names: &["الجدولي", "المينائي", "التلّي", "الحجري", "البستاني", "الحقلي"],
    reader: "قارئ",
};

const ALBANIAN: Language = Language {
    code: "sq",
    name: "Shqip",
    title: "Gazeta e Liqenit",
    order: Order::SubjectVerbObject,
    subjects: &[
        "Biblioteka e qytetit", "Zyra e portit", "Një grup kopshtarësh", "Shkolla e muzikës", "Furra e rrugës së mullirit", "Ekuipazhi i tragetit",
        "Shkolla fillore", "Pemishtja e fshatit", "Stacioni i motit", "Punishtja e urës", "Tregu javor", "Klubi i shahut", "Arkivi i qytetit",
        "Një grup studentësh", "Shoqata e bletarëve", "Teatri i vogël",
    ],
    verbs: &["hap", "tregon", "ndreq", "planifikon", "mat", "paraqet", "mbledh", "rindërton", "ndan", "përshkruan", "përgatit", "përfundon"],
    objects: &[
        "një sallë të re leximi", "shkallët e vjetra prej guri", "dyzet lloje mollësh", "një hartë të lumit", "orën e kullës", "një mbrëmje të gjatë me këngë",
        "orarin e dimrit", "tri varka druri", "një përmbledhje letrash", "shtegun drejt liqenit", "një kopsht për fëmijë", "kambanat e sheshit",
        "një listë zogjsh të rrallë", "kuzhinën e bujtinës",
    ],
    places: &[
        "pranë lumit", "pas stacionit", "në lagjen e sipërme", "në buzë të pyllit", "në bregun verior", "pranë mullirit të vjetër", "nën harqe", "në luginë",
        "në sheshin e tregut", "përgjatë kanalit",
    ],
    times: &[
        "këtë javë", "pas shiut", "para verës", "çdo të dielë", "që herët në mëngjes", "gjatë pushimeve", "në fund të muajit", "në ditët e para të vjeshtës",
        "për herë të tretë", "pa nxitim",
    ],
    roots: &["Qyteti", "Kultura", "Natyra", "Sporti", "Udhëtime", "Shkenca", "Kuzhina", "Letra"],
    branches: &["njerëz", "vende", "histori", "kalendar", "shënime"],
    nouns: &[
        "mulli", "kopsht", "treg", "libër", "lumë", "port", "park", "teatër", "frut", "stacion", "tren", "pallat", "trap", "tekst", "shteg", "zog", "liqen",
        "fshat",
    ],
    qualities: &[
        "i vjetër", "i ri", "i vogël", "i qetë", "i kaltër", "i gjelbër", "i kuq", "i drunjtë", "i gurtë", "i gjatë", "i rrumbullakët", "i ndritshëm",
        "verior", "jugor", "dimëror", "veror", "i hershëm",
    ],
    quality_first: false,
    first_names: LATIN_FIRST,
    last_names: LATIN_LAST,
    reader: "Një lexues",
};
