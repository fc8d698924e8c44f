// Synthetic demo data for Case Desk: two clinicians and their patient cases. Every person and every note is invented,
// and the same cases come out every time, because the only chance involved is a generator with a fixed seed.

export const password = "casedesk-demo";

// ---------------------------------------------------------------------------------------------------------- chance

let state = 20_271;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const int = (low, high) => low + Math.floor(random() * (high - low + 1));
const pick = (list) => list[int(0, list.length - 1)];
const shuffled = (list) => list.map((item) => [random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item);
const repeat = (counts) => Object.entries(counts).flatMap(([item, count]) => Array(count).fill(item));

// ---------------------------------------------------------------------------------------------------------- people

const names = (text) => shuffled(text.trim().split(/\s*,\s*/));
const people = {
  female: names(`
    Zoë Lindqvist-Aho, Siân Prŷs-Wyn, Małgorzata Wąsikowska, Nguyễn Thị Hồng Vân, Þórdís Hallgrímsdóttir,
    Tuulikki Yläjärvi, Ayşegül Kızıltan, Ilze Kļaviņlauka, Agnès Cœurdoux, Božena Růžičkovská, Maren Sjøvold,
    Ana Lúcia Brandão-Sá, Renée D'Aubrac, Aoife Ní Mhaoláin, Ştefania Moţoceanu, Людмила Верещак, Оксана Підгірна,
    Гүлнара Сәтбекова, Радмила Ђурковић, Десислава Тонкова, Χρυσούλα Βαρδάκη, Ευανθία Μαυροπούλου, سلمى الزهراوي,
    هبة قنديل, شیرین کاویانی, نازیہ قریشی, נועה בן־שחר, תמר אלקושי, सरोजिनी पाटणकर, मीनाक्षी खडसेकर,
    கயல்விழி முருகேசன், শর্মিষ্ঠা দত্তগুপ্ত, లక్ష్మీప్రసన్న వేమూరి, ശ്രീലത നമ്പ്യാർ, ਹਰਲੀਨ ਕੌਰ ਸੰਧੂ, હેતલ પરીખ,
    නදීෂා විජේතුංග, 欧阳若溪, 簡雅筑, 卓婉清, 小野寺 千夏, 渡良瀬 みのり, 황보은서, 남궁다은, ปิยะนุช ศรีสว่าง, ບົວລະພັນ ແກ້ວມະນີ, សុភា ចាន់រស្មី,
    မသီတာခိုင်, ሰላማዊት ተስፋዬ, ნათია ბერულავა, Անահիտ Մելքումյան, Keziah O'Dowd, Marie-Claire van der Hoogt,
    Leilani Kaʻanāʻanā, Nomvula Dlamini-Khoza, Wanjirũ Mũthoni, Rosalía Quispe Mamani, Xóchitl Tepalcingo,
    Hine Te Rangiwhetū, Siti Rahmawati, Fatoumata Diarra-Koné, Tove Østergaard-Krag, Giulia Dell'Acqua,
    Paloma Iturriagoitia, Hanneke 't Hart-Bos, Dorothy Applegarth, Edith Throckmorton, Chidinma Uzoechi,
    Beatrix Hőgyészi, Elif Nur Taşdemirci, Dragana Živanić, Luz Marina Cárdenas, Jacinta Waweru, Rūta Žemaitaitytė`),
  male: names(`
    Łukasz Świątkowiak, Søren Bækgaard-Lund, Jürgen Weißhäupl, Seán Ó Ceallacháin, Iñaki Etxeberri-Goñi,
    Đặng Quốc Thịnh, Mehmet Çağrı Yıldızhan, Guðmundur Ásbjörnsson, François L'Hermitte-Roux, João Simão d'Avelar,
    Kekoa Nāone, Tāne Whakarua, Chukwuemeka Obiọra, Kwabena Asante-Frimpong, Sipho Mthombeni, Abdoulaye N'Dour,
    ዮናስ ገብረማርያም, ብሩክ አስፋው, Тарас Вільшанко, Семён Подгорецкий, Бекзат Әлімжанов, Милутин Ћосовић, Цветан Градешлиев,
    Ганбаатарын Тэмүүлэн, Λεωνίδας Καρακάξης, Στέλιος Ανδρουλιδάκης, يوسف الحلواني, عبد الرحمن السقّا, بهرام دانش‌ور,
    عدنان راجپوت, יונתן בר־נוי, גדעון שפיגלר, देवेन्द्र वाडकर, टेकबहादुर गुरुङ्ग, இளங்கோ செல்வராசு, অরিন্দম ভৌমিক,
    వెంకటరమణ కొండపల్లి, ಮಂಜುನಾಥ ಬೆಳವಾಡಿ, ਗੁਰਤੇਜ ਸਿੰਘ ਬਰਾੜ, කසුන් ගුණතිලක, 诸葛文轩, 賴俊宏, 司徒子谦, 五十嵐 蓮, 長谷部 陽太, 선우재민, 제갈현우,
    สมพงษ์ วัฒนกิจ, ზურაბ ჩიხლაძე, Գևորգ Տերզյան, Ewan MacCorran-Reid, Dafydd ap Llywarch, Rodrigo Peñafiel Núñez,
    Ioane Fa'asavalu, Horaţiu Brânzeanu, Mantas Žvirbliukas, Clement Oyelaran-Smythe, Vuk Đorđić, Pádraig O'Tighe,
    Amadou Bâ-Sarr, Marek Żółciak, Kristján Ægisson`),
  anyone: names(`
    Alexis Thévenot, Sasha Kovalchuk-Day, Jordan Mbatha-Holt, Sam Featherstonehaugh, Сашко Зоряний, אור לביא־מור,
    نور الجابري, किरण साळवी, ঝিলমিল রায়, 高遠 晴, 沈一諾, 은하늘, ตะวัน แสงทอง, ደስታ ወልዴ, Ariel Montclair, Charlie Böhmer,
    Dominique Vautrin, Ngọc Anh Trương, Χάρις Δροσινού`),
};
const nameFor = (gender) => (people[gender] ?? people.anyone).pop();

const genders = repeat({ female: 5, male: 6, other: 1, unknown: 1 });
function genderFor(sex, age) {
  const gender = sex === "any" ? pick(genders) : sex;
  return gender === "other" && age < 12 ? "unknown" : gender;
}

// ----------------------------------------------------------------------------------------------------------- notes
// A note begins with whom it suits (ages, sex, flags) and two ways to open it, one of which each patient gets.
// Below come history, examination, plan, and on the last line the assessment and how it ended (told in closed cases).

const blocks = (text) => text.trim().split(/\n(?=\S)/).map((block) => block.split(/\n\s+/));
const whom = (text) => {
  const [ages, sex, ...flags] = text.split(" ");
  return { ages: ages.split("-").map(Number), sex, flags };
};

const fullNotes = blocks(`
1-3 any acute | Barking cough and noisy breathing since last night | Second croup this winter, stridor when upset
  Two days of runny nose, then a seal-like cough at 2 am. Drinking half of usual, wet nappies normal. Vaccinated.
  {vitals}. Inspiratory stridor only when crying, mild recession, no drooling. Chest clear between coughs.
  Oral dexamethasone 0.15 mg/kg once, keep calm on a parent's lap, observe for three hours.
  Mild croup, no sign of a foreign body. | No stridor after three hours, drinking well, home with advice.
0-0 any acute | Jaundice on day four of life, sleepy at the breast | Yellow skin and eyes at the day-five home visit
  Born at 38+2 weeks, vaginal birth, 3120 g, now 2890 g. Breastfed, three wet nappies a day. Mother O positive.
  {vitals}. Wakes to feed, icteric to the abdomen, fontanelle level, no hepatosplenomegaly, tone normal.
  Serum bilirubin against the hour-specific chart, blood group and DAT, feeding support, reweigh in 24 h.
  Neonatal jaundice, ABO incompatibility to exclude. | Bilirubin below the treatment line, gaining 30 g a day.
0-0 any acute breathless | Cough and wheeze, taking half the usual feeds | Ten weeks old, tiring with every bottle
  Snuffly since Monday, older sibling with a cold. Two vomits after coughing. Born at term, no apnoeas.
  {vitals}. Widespread fine crackles and wheeze, moderate recession, moist mucosae, capillary refill 2 s.
  Nasal suction, small feeds or a nasogastric tube, oxygen if saturation stays below 90 %, RSV swab.
  Bronchiolitis, day three, borderline intake. | RSV positive. Off oxygen after 30 h, full feeds, discharged.
2-10 any | Itchy creases at elbows and knees, scratching until it bleeds | Eczema flare despite daily emollient
  Dry skin since infancy, worse since the heating went on. Sleep broken three nights a week. A parent has hay fever.
  Lichenified plaques in elbow and knee creases, excoriations, no vesicles, no crusting. Growth on the 50th centile.
  Clobetasone 0.05 % ointment daily for ten days, then weekends only; emollient 250 g a week; wet wraps at night.
  Moderate atopic eczema, not infected. | Itch score down from 17 to 6, sleeping through, weekend treatment goes on.
7-15 any | Stomach ache every school morning, none at weekends | Six weeks of missed lessons for unexplained tummy pain
  Began after changing school. Eats and grows well, no weight loss, no night pain, no blood in the stool.
  {vitals}. Abdomen soft, no mass. Bright when talking about football, tearful about the classroom.
  Coeliac screen and full blood count, explain the gut–brain link, graded return with the school, child psychology.
  Functional abdominal pain with school-related anxiety. | Tests normal, full days at school, pain once a fortnight.
8-16 any acute fast | Thirst, weight loss and bed-wetting over three weeks | New glucose of 26 mmol/L, always thirsty
  Four kilograms lost, drinks through the night, tired. No vomiting. A grandparent has thyroid disease.
  {vitals}. Dry lips, abdomen soft, alert. Glucose 26.1 mmol/L, ketones 2.1 mmol/L, venous pH 7.36.
  Admit, basal–bolus insulin, glucose hourly then four-hourly, antibodies, family teaching with the diabetes nurse.
  New type 1 diabetes without ketoacidosis. | Glucose 5–11 mmol/L, family injects confidently, discharged.
16-45 any | Knee gave way on landing, swollen within the hour | Unstable knee on the stairs since a skiing fall
  Felt a pop, could not carry on. Swelling slowly down, no locking. No earlier knee injury.
  Moderate effusion, Lachman positive with a soft end point, joint lines not tender, straight leg raise intact.
  MRI of the knee, hinged brace, quadriceps exercises, orthopaedic clinic in two weeks.
  Probable anterior cruciate ligament rupture. | MRI confirmed it, menisci intact. Stable with physiotherapy.
76-98 any acute | Fall by the bed at 4 am, left hip pain, cannot stand | Short, rotated left leg after a bathroom fall
  On the floor for two hours, no loss of consciousness. Walked with a stick before. Takes bisoprolol and apixaban.
  {vitals}. Left leg short and externally rotated, foot pulses present, no head wound, AMTS 9/10.
  Fascia iliaca block, hold apixaban, hemiarthroplasty within 36 h, orthogeriatric review, bone protection.
  Displaced left femoral neck fracture. | Hemiarthroplasty, walks ten metres with a frame, moved to rehabilitation.
78-99 any acute fever | More confused since Sunday, awake all night | New confusion, off food for two days
  Mild Alzheimer's disease, usually knows the family. Oxybutynin new last week. Drinks little, constipated five days.
  {vitals}. Drowsy then restless, 4AT score 8, dry tongue, palpable bladder, loaded rectum.
  Stop oxybutynin, bladder scan and catheter, enema, urine culture, fluids, hearing aids in, family at the bedside.
  Delirium: oxybutynin, retention, possible infection. | 4AT score 1, eating well, oxybutynin stays stopped, home.
62-90 any | Swollen ankles, sleeping in the armchair for two weeks | Breathless on one flight of stairs, four kilos up
  Anterior infarct six years ago. Ran out of furosemide while travelling. Three pillows, no chest pain.
  {vitals}. JVP raised 5 cm, basal crackles, oedema to mid-shin. ECG: sinus rhythm, old anterior Q waves.
  Furosemide 40 mg twice daily, daily weights, kidney function and NT-proBNP in three days, echocardiogram.
  Decompensated heart failure, missed diuretic. | Four kilos lighter, oedema gone, heart failure nurse follows up.
45-80 any acute | Crushing chest pain for forty minutes, sweating | Chest pressure at rest, inferior ST elevation
  Thirty pack-years, treated hypertension. Began while gardening. Aspirin 300 mg given in the ambulance.
  {vitals}. Grey and clammy, heart sounds normal, lungs clear. ECG: 3 mm ST elevation in II, III and aVF.
  Primary PCI team called, ticagrelor and heparin, right-sided leads, no nitrates until RV infarct is excluded.
  Inferior ST-elevation myocardial infarction. | Right coronary stent, pain free, EF 50 %, cardiac rehab booked.
58-86 any acute breathless | Four days of green sputum and more wheeze | COPD, home nebuliser no longer helping
  COPD, FEV1 41 % predicted, 45 pack-years, stopped last year. One admission last winter, never ventilated.
  {vitals}. Wheeze throughout, prolonged expiration, no oedema. No consolidation on the film. pH 7.37, pCO₂ 6.2 kPa.
  Oxygen to 88–92 %, salbutamol and ipratropium, prednisolone 30 mg for five days, doxycycline.
  Infective exacerbation of COPD, no acidosis. | Saturation 92 % on air, inhaler technique checked, home.
18-43 female acute high | 34 weeks pregnant, headache and flashing lights | High pressure, 2+ protein at 35 weeks
  First pregnancy, normal growth scans. Ankle swelling for a week, headache today, no epigastric pain, baby moving.
  {vitals}. Brisk reflexes, two beats of clonus, uterus soft, CTG normal. Urine protein 2+.
  Admit, labetalol, magnesium sulfate, platelets, liver enzymes and creatinine, timing of birth with obstetrics.
  Pre-eclampsia with severe features. | Induced once stable: healthy baby, 2310 g, mother 130/80 mmHg on labetalol.
20-44 female | Glucose tolerance test above range at 26 weeks | Gestational diabetes, fasting readings creeping up
  BMI 31, her mother has type 2 diabetes. Baby moving well. Test done because of a 4.6 kg first baby.
  {vitals}. Fundal height 27 cm, fetal heart 142/min. Growth scan on the 70th centile, liquor normal.
  Dietitian this week, glucose diary, metformin if fasting stays above 5.3 mmol/L, growth scan in four weeks.
  Gestational diabetes, fasting glucose 5.6 mmol/L. | Fasting 4.6–5.1 mmol/L on metformin, joint clinic continues.
19-42 female | Six weeks after birth, tearful daily and sleepless | Low mood since the birth, detached from the baby
  Emergency caesarean, feeding is hard, partner back at work. No earlier depression. Eats one meal a day.
  Well kempt, slow speech, mood "flat", no psychosis, no thoughts of harming herself or the baby. EPDS 17.
  Sertraline 50 mg (breastfeeding discussed), perinatal team, weekly health visitor, call in a week.
  Moderate postnatal depression. | EPDS 7, sleeping five hours, enjoys walks with the baby. Sertraline continues.
18-64 any | Two months of low mood, wakes at four every morning | Stopped seeing friends, sleeps badly, unfocused
  No previous episode. Appetite down, 5 kg lost, four units of alcohol a week. Passive thoughts of death, no plan.
  Poor eye contact, slowed, PHQ-9 18, no psychotic symptoms, capacity intact. A sibling visits every evening.
  Sertraline 50 mg, referral for CBT, safety plan, thyroid function and full blood count, phone call in one week.
  Moderately severe depression, immediate risk low. | PHQ-9 down to 6, sleeping through, CBT continues.
30-85 any | Mole on the back has turned darker on one side | New black spot on the calf, noticed three months ago
  Grew over three months, bled once. Fair skin, many childhood sunburns, an aunt had melanoma.
  11 × 8 mm asymmetrical plaque, blue-white veil and irregular network on dermoscopy, no palpable nodes.
  Urgent excision biopsy with a 2 mm margin, full skin check, photographs on file.
  Suspected melanoma. | Histology: melanoma in situ, wide excision clear, sun advice given, yearly skin check.
60-92 any acute high | Sudden right arm weakness and slurred speech | Lost words at breakfast, right face drooping
  Last seen well at 07:30. Treated hypertension, no anticoagulant, no recent surgery. Lives with spouse.
  {vitals}. NIHSS 9: right face and arm weakness, expressive aphasia. Glucose 6.8 mmol/L, pulse regular.
  CT and CT angiogram now, thrombolysis and thrombectomy assessment, swallow screen, telemetry.
  Left middle cerebral artery syndrome. | M2 clot removed, NIHSS 2 at 24 h, moved to stroke rehabilitation.
28-65 any | Both hands swollen, stiff until eleven every morning | Three months of painful knuckles and a new flare
  Cannot open jars. Tired, no rash, no psoriasis. Smokes five a day. Ibuprofen takes the edge off.
  Synovitis of six MCP and four PIP joints, warm wrists, feet tender on squeeze. CRP 31 mg/L, anti-CCP positive.
  Methotrexate weekly with folic acid after chest film and hepatitis screen, short prednisolone course, ultrasound.
  Early seropositive rheumatoid arthritis, DAS28 5.4. | DAS28 3.1, opens jars again, liver tests normal.
72-97 any | Three falls this month, dizzy on standing | Afraid to leave the house after two falls in the kitchen
  No blackout, no chest pain. Nine tablets, doxazosin added in spring. Last eye test four years ago.
  {vitals}. Standing pressure 98/60 mmHg after two minutes, light-headed. Up-and-go 21 s. No focal signs.
  Stop doxazosin, review the other tablets, strength and balance class, optician, vitamin D, home hazards visit.
  Postural hypotension from medication, weak legs. | No fall since doxazosin stopped, up-and-go 14 s, shops alone.
`).map(([head, history, exam, plan, last]) => {
  const [who, ...openings] = head.split(" | ");
  const [assessment, outcome] = last.split(" | ");
  return { ...whom(who), openings, history, exam, plan, assessment, outcome };
});

// One-liners: whom it suits, the complaint, and how it ended.
const shortNotes = blocks(`
20-55 any | Migraine twice a week since the new night shifts, light hurts | Attacks halved on propranolol
25-60 any acute | Waves of left flank pain down to the groin, cannot sit still | 4 mm stone passed, pain free
5-12 any acute | Fell off the monkey bars, right wrist swollen and sore | Buckle fracture splinted, discharged
14-50 any acute fast | Hives and throat tightness after a cashew biscuit | Adrenaline once, well, autoinjector taught
18-40 any | Recurrent mouth ulcers and tiredness, ferritin 6 µg/L | Coeliac disease confirmed, gluten-free diet begun
65-90 any | Leg ulcer no smaller after two months of compression | Vein treated, ulcer healed
3-8 any | Snores, stops breathing for seconds, restless in class | Tonsils and adenoids removed, quiet nights since
0-0 any | Flat patch on the back of the head, always turns right | Rounder after physiotherapy, discharged
52-75 female | Bleeding again two years after the last period | Biopsy benign, settled on local oestrogen
16-25 female | Period pain so strong that one day a month is lost | Comfortable on naproxen and the pill, discharged
18-45 male | Dragging ache and a soft swelling in the left scrotum | Varicocele on ultrasound, reassured, no surgery
60-85 male acute | Cannot pass urine since midnight, bladder up to the navel | Catheter removed, passing well
30-70 any | Loud snoring, nods off at red lights | Severe sleep apnoea, rested on CPAP, fit to drive again
40-80 any | Gout in the big toe for the third time this year | Urate on target with allopurinol, no new attack
25-55 any | Thumb and fingers numb at night, shakes the hand awake | Carpal tunnel released, grip normal
12-17 any | Scarring acne on the jaw after three antibiotic courses | Isotretinoin started, handed to dermatology
70-95 any | Forgets appointments, got lost on a familiar walk | Early Alzheimer's disease, care plan agreed
20-45 female | Thirty weeks pregnant with itchy palms, worse at night | Bile acids normal twice, itch gone
22-60 any | Racing heart and fear of fainting in supermarkets | Panic disorder, shops alone after six CBT sessions
60-90 any acute | Black stools for two days on ibuprofen and aspirin | Duodenal ulcer clipped, haemoglobin stable
6-14 any acute | Wheezy after a sleepover with two cats, short phrases | Settled on salbutamol and prednisolone
55-85 any acute | Grey curtain across the left eye since this morning | Retina reattached the same day, macula spared
50-85 any | Irregular heartbeat flagged by a smartwatch | Atrial fibrillation, rate 72 at rest, anticoagulated
12-17 any | Wheezes on the football pitch, blue inhaler twice a day | Peak flow normal on a daily preventer
25-60 any | Low back pain for five weeks after moving house | Back at full duties, knows the warning signs
40-70 any | Home blood pressure above 150 for three weeks, feels well | 24 h mean 128/78 mmHg on amlodipine
10-35 male acute fever | Pain moved from navel to right lower belly overnight | Appendix out, home the next day
18-42 female acute fast | Vomiting ten times a day, nine weeks pregnant | Eating small meals, ketones cleared, home
19-50 any acute | No sleep for four nights, talks fast, spent the savings | Sleeping again, lithium restarted
55-90 any acute | Burning band of pain round the chest, blisters since yesterday | Shingles, all lesions crusted
55-85 male | Up five times a night, weak stream, never quite empty | Up once a night on tamsulosin
45-80 any | Painless ulcer under the big toe, diabetes for eleven years | Ulcer closed, fitted shoes delivered
60-85 any | Right hand shakes at rest, handwriting smaller | Parkinson's disease, writes better on co-careldopa
20-48 female | Exhausted for months, heavy periods, craves ice | Ferritin up to 38 µg/L, hormonal coil fitted
1-6 any acute fever | Pulling the left ear, hot and miserable since yesterday | Otitis media settled, hearing normal
18-35 any acute | Rolled the ankle at netball, cannot take four steps | X-ray clear, sprain, walking without crutches
1-4 any acute | Bead pushed up the left nostril at nursery | Out with the parent's-kiss technique, nose clear
30-65 any | Travel vaccines before three months in Uganda | Yellow fever and typhoid given, malaria tablets prescribed
50-74 any | Positive bowel screening test, no symptoms | Two small adenomas removed, recall in three years
20-40 female acute | Burning on passing urine since yesterday, no fever | Cystitis cleared with nitrofurantoin
65-95 any | Nine medicines to review, dizzy after the morning tablets | Three stopped, dizziness gone
4-12 any | Head lice for the third time this term | Clear on two checks after dimeticone
18-30 any | Heart murmur found at a work medical, runs every day | Echocardiogram normal, innocent murmur
35-70 any | Outer elbow pain when lifting the kettle | Tennis elbow, better with exercises, no injection needed
20-50 male | Trying for a baby for two years, semen test requested | Result normal, seen by the fertility clinic
70-99 any | Wants to write down wishes for care at the end of life | Care plan recorded and shared with family
14-18 any | Fainted in assembly, awake within seconds | ECG and standing pressure normal, simple faint explained
28-60 any | Red cheeks that burn with wine and sun | Rosacea, clear on ivermectin cream
0-0 any | Sticky left eye since birth, the white of the eye clear | Blocked tear duct, dry after massage
50-74 female | Recalled after mammogram, small cluster of calcifications | Biopsy benign, back to screening
17-40 any acute | Dog bite on the forearm, two punctures | Cleaned, co-amoxiclav and tetanus booster, healed
50-85 any fast | Palpitations for a month, no blackouts | Atrial flutter ablated, anticoagulant continues
13-17 any | Night cough and reliever overuse before exams | Asthma plan rewritten, sleeping through
25-60 any | Back pain down to the left calf, worse sitting | Disc prolapse, pain gone with exercises, discharged
40-70 any high | Dull headaches and high readings at the pharmacy | Hypertension controlled on two tablets
16-40 female acute fever | Shivering with right loin pain since the night | Pyelonephritis, well on oral antibiotics
19-50 any acute | Hears neighbours whispering, has not eaten for two days | First psychosis, early intervention team
60-90 any | Painful one-sided scalp and jaw on chewing | Arteritis excluded by biopsy, dental abscess drained
55-80 male | Raised PSA on a routine test, no symptoms | MRI clear, PSA back to 3.1 µg/L, yearly check
45-80 any | HbA1c 74 mmol/mol despite metformin | Empagliflozin added, HbA1c falling, eyes and feet checked
62-85 any | Slower walking, stiff right arm, lost sense of smell | Parkinson's disease confirmed, physiotherapy started
20-48 female | Haemoglobin 84 g/L and breathless on hills | Iron infusion given, fibroid removed, count recovering
6-12 any acute fever | Sore throat and sandpaper rash, classmate the same | Scarlet fever, back at school on penicillin
`).map(([line]) => {
  const [who, opening, outcome] = line.split(" | ");
  return { ...whom(who), openings: [opening, opening], outcome };
});

function vitals({ flags }, age) {
  const usual = [[0, 125, 36], [4, 106, 25], [11, 88, 20], [17, 76, 16, 112], [64, 72, 15, 122], [104, 72, 16, 136]];
  const [, pulse, breaths, systolic] = usual.find(([upTo]) => age <= upTo);
  const has = (flag, yes, no) => (flags.includes(flag) ? yes : no);
  const bp = systolic + int(-9, 12) + has("high", 46, 0);
  return [
    `HR ${Math.round((pulse + int(-8, 10)) * has("fast", 1.3, 1) * has("fever", 1.2, 1))}/min`,
    `RR ${Math.round((breaths + int(-2, 2)) * has("breathless", 1.55, 1))}/min`,
    ...(systolic ? [`BP ${bp}/${Math.round(bp * 0.6) + int(-4, 4)} mmHg`] : []),
    `SpO₂ ${has("breathless", int(88, 91), int(96, 99))} % on air`,
    `T ${((has("fever", 380, 364) + int(0, 9)) / 10).toFixed(1)} °C`,
  ].join(", ");
}

const isClosed = (status) => status === "completed" || status === "archived";
const isAcute = (note) => note.flags.includes("acute");
const labels = [["History: ", "Examination: ", "Assessment: "], ["Hx: ", "O/E: ", "Imp: "], ["", "", ""]];
const reviews = ["Senior colleague asked for an opinion, reply awaited.", "On the list for today's case meeting.",
  "Results coming in, decision to follow.", "Under review, treatment not yet decided."];

function summaryOf(note, variant, status, age) {
  const { openings, history, exam, plan, assessment, outcome } = note;
  const review = status === "analyzing" && random() < 0.7 ? [pick(reviews)] : [];
  if (!history) {
    const triage = isAcute(note) && random() < 0.6 ? [`Triage: ${vitals(note, age)}.`] : [];
    return [openings[variant] + (isClosed(status) ? `. ${outcome}.` : ""), ...triage, ...review].join("\n");
  }
  const [onHistory, onExam, onAssessment] = pick(labels);
  const ending = isClosed(status) ? [`Outcome: ${outcome}`] : review;
  if (random() < 0.15) return [openings[variant], `${assessment} Plan: ${plan}`, ...ending].join("\n");
  const seen = onExam + exam.replace("{vitals}", () => vitals(note, age));
  const thoughts = `${onAssessment}${assessment}\nPlan: ${plan}`;
  return [openings[variant], onHistory + history, seen, thoughts, ...ending].join("\n\n");
}

// ----------------------------------------------------------------------------------------------- cases told in full
// Name, then age, gender, status, minutes since created and, unless left to chance, minutes since updated.

const written = (text) => blocks(text).map(([head, ...paragraphs]) => {
  const [, name, age, gender, status, created, updated] = head.match(/^(.+) \| (\d+) (\w+) (\w+) (\d+) ?(\d+)?$/);
  const summary = paragraphs.join("\n\n");
  return { name, age: +age, gender, status, created: +created, updated: updated && +updated, summary };
});

const longName = ["María de los Ángeles Guadalupe Inmaculada Hernández de Olivar y Álvarez-Monteagudo",
  "de la Santísima Trinidad Ruiz-Peñalba"].join(" ");
const adaWritten = written(String.raw`
**Robert** <b>Tables</b> :red[x] | 42 male pending 64390
  Itchy rash, **bold** and <b>html</b> as pasted ![image](https://tracker.invalid/pixel.png) :red[colour] $\alpha$
  # Heading
  Photographs at this [link](https://tracker.invalid/x), old letter [here](javascript:alert(1)) :material/home:
  <script>window.__pwned = true</script>
  <img src=x onerror="window.__pwned = true">
  =HYPERLINK("https://tracker.invalid")
  1. wrists, 2. waist; *worse* at ~~work~~ night; $\\alpha$; </div></details><style>body { display: none }</style>
  > Assessment: probable scabies, household of four. | Plan | Permethrin 5 % |
${longName} | 58 female pending 45120
  Tos seca desde hace tres semanas, peor por la noche
  Sin fiebre ni pérdida de peso. Toma enalapril desde hace un mes. Auscultación normal, SpO₂ 98 %.
  Impresión: tos por IECA. Plan: cambiar a losartán y revisar en dos semanas.
Suparni | 52 female analyzing 38505
  Hoarse for seven weeks, never smoked, sings in a choir
  Nasendoscopy: small smooth swelling on both vocal folds. Voice clinic asked for stroboscopy.
Eugenie Ravenscourt-Pyle | 104 female pending 20870
  Out of breath while dressing since last week, otherwise cheerful
  Lives with her daughter, walks with a frame. HR 68/min, BP 142/64 mmHg, SpO₂ 95 % on air. Late systolic murmur, pale.
  Plan: full blood count first; she wants to stay at home and prefers no hospital tests.
Nguyễn Thị Lan | 34 female pending 12610
  Lump in the left breast found in the shower ten days ago
  Mobile, 15 mm, no skin change, no family history. Triple assessment requested within two weeks.
Nguyễn Thị Lan | 71 female pending 58
  Cloudy sight in both eyes, halos around street lamps
  Acuity 6/18 right, 6/24 left, pressures normal, dense nuclear cataracts. Would like the left eye done first.
Hans-Günther Möllenbrock | 66 male analyzing 29040
  Belastungsdyspnoe seit sechs Wochen, zuletzt nach einer Etage
  RR 148/86 mmHg, Puls 84/min, SpO₂ 95 %. Systolikum 3/6 über der Aorta mit Fortleitung in die Karotiden.
  Beurteilung: V. a. hochgradige Aortenstenose. Echokardiographie erfolgt, Befund steht aus.
ليلى الدمنهوري | 29 female pending 8725
  صداع نصفي متكرر منذ شهرين مع حساسية للضوء
  لا يوجد ضعف أو اضطراب في النطق. ضغط الدم 118/74 والفحص العصبي طبيعي.
  الخطة: مفكرة للصداع، نابروكسين عند اللزوم، ومراجعة بعد أربعة أسابيع.
Kofi Adjei-Tandoh | 57 male analyzing 16480 95
  Severe pneumonia, ward log from admission to day ten
  Day 1. Breathless with rigors; right lower lobe consolidation, lactate 2.8 mmol/L, two antibiotics started.
  Day 2. Moved to intensive care on high-flow oxygen. Legionella antigen negative, blood cultures sent.
  Day 3. Pneumococcus in both bottles, sensitive to penicillin. Treatment narrowed, kidney function recovering.
  Day 4. First night without fever. Sat out in the chair, physiotherapy twice, dietitian for poor intake.
  Day 6. Back on the ward, two litres by nasal cannula. Wife updated; he asked about his allotment.
  Day 7. Walked to the window. CRP halved to 148 mg/L. Room air at rest, 93 %.
  Day 9. Temperature 38.3 °C in the evening after four quiet days. Dull right base, cultures repeated.
  Day 10. Ultrasound: loculated pleural fluid 4 cm deep, pH 7.08; thoracic team asked about a drain.
Philippa Ng-Carstairs | 23 female pending 3360
Ousmane Traoré-Diop | 61 male pending 11
Ingeborg Þrastardóttir | 38 female pending 3
Maël Thébaudin-Lacroix | 7 male completed 52330 19800
  Chute de trottinette, douleur du poignet droit
  Radiographie : fracture en motte de beurre du radius distal. Attelle pendant trois semaines.
  Évolution : mobilité complète, plus de douleur, dossier clos.
久我山 正蔵 | 81 male completed 33915 22100
  発熱と湿性咳嗽、食欲低下が三日間続く
  体温38.4℃、SpO₂ 92%、右下肺野に湿性ラ音。胸部X線で右下葉に浸潤影。市中肺炎としてアンピシリン・スルバクタムを投与。
  転帰:七日間で解熱し、酸素不要となり自宅退院。
Соломія Кобилинська | 45 female archived 71450 30700
  Біль у правому підребер'ї після жирної їжі
  УЗД: конкременти жовчного міхура до 12 мм, протоки не розширені.
  Підсумок: планова лапароскопічна холецистектомія без ускладнень, виписана, епізод закрито.
Gwendolyn Hartnoll | 49 female archived 61005 60980
Ravindu Perera-Silva | 19 unknown archived 47777 46300
`);

const benWritten = written(`
Bartholomew Quillfeather | 104 male pending 30330
  Hearing aids no longer help, misses the doorbell and the phone
  Both ear canals full of wax. Olive oil drops, microsuction next week, then a new hearing test.
Sukardi | 33 male pending 1130
  Dor de garganta e febre há dois dias, sem tosse
  Amígdalas com exsudado, gânglios cervicais dolorosos, T 38,7 °C.
  Plano: teste rápido de estreptococo; se positivo, penicilina oral durante dez dias.
Βασιλική Λιαροκάπη | 68 female completed 66880 9400
  Διαλείπουσα χωλότητα δεξιάς κνήμης στα 150 μέτρα
  Σφυροβραχιόνιος δείκτης 0,68 δεξιά. Άσκηση βάδισης, κλοπιδογρέλη και στατίνη.
  Έκβαση: βαδίζει 600 μέτρα χωρίς πόνο, τακτικός επανέλεγχος.
Ottilie Brandvold | 27 female pending 6
`);

// ----------------------------------------------------------------------------------------------------- the worklists

// `open` and `closed` hold [note, variant]: routine ones may wait for weeks, acute ones for hours at most.
function worklist(told, open, closed, counts) {
  const left = { ...counts };
  for (const { status } of told) left[status] -= 1;
  const { pending, analyzing, completed, archived } = left;
  const openStatuses = shuffled(repeat({ pending, analyzing }));
  const closedStatuses = shuffled(repeat({ completed, archived }));
  const taken = new Set(told.map(({ created }) => created));
  const free = (minutes) => (taken.has(minutes) ? free(minutes + 1) : taken.add(minutes) && minutes);

  const make = (note, variant, status, created, updated) => {
    const age = int(...note.ages);
    const gender = genderFor(note.sex, age);
    const summary = summaryOf(note, variant, status, age);
    return { name: nameFor(gender), age, gender, status, created: free(created), updated, summary };
  };
  const queue = shuffled(open).sort(([a], [b]) => isAcute(a) - isAcute(b));
  const waiting = queue.map(([note, variant], place) => {
    const ahead = queue.length - 1 - place;
    const share = (ahead / (queue.length - 1)) ** 5 * (0.95 + random() * 0.05);
    return make(note, variant, openStatuses[place], 7 + ahead * 6 + Math.round(79_500 * share));
  });
  const done = shuffled(closed).map(([note, variant], place) => {
    const status = closedStatuses[place];
    const created = int(isAcute(note) && status === "completed" ? 1_500 : 35_000, 80_000);
    const took = Math.min(int(1_300, 7_000), Math.round(created * 0.9));
    return make(note, variant, status, created, isAcute(note) ? created - took : undefined);
  });

  return shuffled([...told, ...waiting, ...done]).map(({ name, age, gender, status, created, updated, summary }) => ({
    patient_name: name, patient_age: age, patient_gender: gender, case_summary: summary, status,
    created_minutes_ago: created, updated_minutes_ago: updated ?? lastTouched(status, created),
  }));
}

function lastTouched(status, created) {
  if (status === "pending" && (created < 60 || random() < 0.7)) return created;
  return Math.ceil(created * (isClosed(status) ? 0.1 + random() * 0.3 : random() * 0.9));
}

// Ada has every full note twice, opened differently, once open and once closed; Ben has some the other way round.
const use = (notes, variant) => notes.map((note) => [note, variant]);
export const clinicians = [
  { email: "ada@demo.example", cases: worklist(adaWritten,
    [...use(fullNotes, 0), ...use(shortNotes.slice(0, 34), 0)], [...use(fullNotes, 1), ...use(shortNotes.slice(34), 0)],
    { pending: 42, analyzing: 24, completed: 36, archived: 18 }) },
  { email: "ben@demo.example", cases: worklist(benWritten,
    [...use(fullNotes.slice(0, 10), 1), ...use(shortNotes.slice(34, 43), 0)],
    [...use(fullNotes.slice(10), 0), ...use(shortNotes.slice(8, 15), 0)],
    { pending: 14, analyzing: 8, completed: 12, archived: 6 }) },
];

// A case came in as pending, with the first line of its summary; where it was touched later, one update brought the
// rest.
export function historyOf(row) {
  const { patient_name, patient_age, patient_gender, case_summary, status } = row;
  const now = { patient_name, patient_age, patient_gender, case_summary, status };
  const touched = row.updated_minutes_ago < row.created_minutes_ago;
  const [firstLine, ...more] = case_summary.split("\n");
  const atFirst = touched ? { ...now, case_summary: more.length ? firstLine : "", status: "pending" } : now;
  const creation = { kind: "creation", minutes_ago: row.created_minutes_ago, changes: changesBetween({}, atFirst) };
  const update = { kind: "update", minutes_ago: row.updated_minutes_ago, changes: changesBetween(atFirst, now) };
  return Object.keys(update.changes).length ? [creation, update] : [creation];
}

function changesBetween(before, after) {
  const changed = Object.entries(after).filter(([field, to]) => before[field] !== to);
  return Object.fromEntries(changed.map(([field, to]) => [field, { from: before[field] ?? null, to }]));
}
