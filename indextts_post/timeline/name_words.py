"""Word lists by which `names` tells a speaker's name from words before a colon. Lower case, whole words."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


FUNCTION_WORDS = _words(
    # English
    "i i'm i've i'd i'll you you're your yours he he's she she's it it's its we we're they they're them us me",
    "my mine his her hers our ours their theirs this that these those there there's here's what what's who",
    "who's whom whose which why how when where while if unless because although though since until whether",
    "than as so thus hence but or nor yet not never always only just also even is isn't are aren't was wasn't",
    "were weren't be been being am do does did don't doesn't didn't has have had having would could should",
    "shall must might let let's say says said tell told whispered asked shouted thought knew meant means mean",
    "wrote writes read reads goes gets got make makes made about after before during against between into",
    "through over under again any some every each no yes to for let",
    # German (its articles are in PARTICLES_OF_TITLES)
    "ich du er sie es wir ihr mich mir dich dir ihn ihm uns euch ihnen mein meine dein deine sein seine unser",
    "unsere ihre ist sind war waren bin bist hat habe haben hatte wird werden wurde kann muss soll will und",
    "oder aber denn weil wenn dass ob wie was wer wo warum wann nicht kein keine nur noch schon auch sehr",
    "sagte sagt gesagt gibt nach bei mit",
    # French
    "je j'ai tu il elle on nous vous ils elles mon ma mes ton ta tes son sa ses notre votre leur ce cette ces",
    "ça c'est est sont était étaient suis es sommes êtes ai as avons avez ont a été que qui quoi dont où",
    "quand comment pourquoi si et ou mais donc or ni car ne pas plus jamais très dit disait une un seul seule",
    "pour avec sans sur sous dans par",
    # Spanish, Italian, Portuguese
    "yo tú él ella nosotros ustedes ellos ellas mi mis su sus este esta esto ese esa eso es son era eran fue",
    "soy eres está están estoy hay ha he han tengo tiene que quien cuando donde cómo por qué porque y o pero",
    "ni no sí muy más dijo dice io lui lei noi voi loro mio mia suo sua questo questa quello è sono sei siamo",
    "ho hai abbiamo hanno che chi come perché e ma se non più molto disse dice eu ele ela nós eles elas meu",
    "minha seu sua isto isso é são foi sou tem há quem quando onde porque mas não sim muito disse uma um uno",
    "una per con sin senza para com em",
    # Dutch, Scandinavian, Russian
    "ik jij hij zij wij jullie mijn jouw zijn haar ons dit dat die is zijn was waren niet geen maar want",
    "omdat als zei jag han hon vi ni de det är var inte men och att som jeg du har ikke eller hvis sagde sa я",
    "ты он она оно мы вы они мой моя твой его её наш ваш их это этот эта что кто где когда как почему если и",
    "или но а не нет да был была было есть уже только тоже очень сказал сказала говорит",
)
"""Words no name of a speaker holds, unless they are written small between capitals (`PARTICLES`)."""

PARTICLES = _words(
    "of de van von der den del della di da do dos du la le el al bin ibn ben y e und and et & ten ter zu"
)
"""Small words within names."""

LINKS = _words(
    "the of in on at with from by over a an die der das le la les un une el los las il lo o a im am vom zum de"
)
"""Words within a description of a speaker: "MAN ON PHONE", "The Doctor", "Frau im Mantel"."""

MORE_LABELS = _words(
    # English headings, beyond those of `words.LABEL_WORDS`
    "psalm psalms genesis exodus leviticus deuteronomy kings chronicles proverbs isaiah matthew corinthians",
    "romans verse rule rules reason reasons goal goals objective objectives mission task tasks target status",
    "report plan plans option options choice choices truth secret secrets news line lines word words thing",
    "things way ways idea ideas advice motto moral saying lesson quote theory theorem law laws principle",
    "conclusion summary overview introduction intro outro background context details detail info information",
    "source sources reference references credit credits copyright ingredients method methods menu order",
    "orders recipe directions instructions requirements materials tools equipment age height weight sex",
    "gender species diagnosis verdict sentence cause effect code password username name names id pin account",
    "number no day days week month year years hour hours minute minutes second seconds morning afternoon",
    "evening noon midnight monday tuesday wednesday thursday friday saturday sunday january february march",
    "july september october november december spring fall winter room floor level stage phase round game",
    "match set lap gate platform flight track channel page section article act volume book exhibit item",
    "figure table appendix version model type category class grade size color colour speed distance",
    "temperature pressure frequency ratio odds budget cost winner loser loss gain profit income debt tax",
    "offer deal bet prize reward penalty bonus stop destination route correction update message text memo",
    "reminder alert danger caution disclaimer spoiler trivia joke riddle clue hint love death life money",
    "power war peace freedom justice honesty patience respect trust happiness success failure fear pros cons",
    "advantages disadvantages strength weakness weaknesses problem problems solution solutions issue issues",
    "bottom headline headlines title subtitle chorus refrain lyrics translator translated subtitled produced",
    "presented eta fyi ps btw aka asap rip faq id gps dna rna tv uk usa us eu un vip sos pin dob vat todo diy",
    "covid url pdf ok am pm dear hello hi hey attention congratulations welcome goodbye warning correct wrong",
    "true false maybe perhaps anyway firstly secondly thirdly lastly next last finally besides moreover",
    "however therefore instead example instance short general brief case sum addition fact total amount sorry",
    "please look see imagine guess surprise simple simply location weather forecast traffic sports results",
    "today's tonight's agenda topic subject object purpose",
    # German
    "achtung hinweis wichtig warnung merke regel regeln ergebnis frage fragen antwort lösung thema problem",
    "grund gründe ziel ziele aufgabe plan vorschlag wahrheit beispiel fazit ort zeit uhrzeit datum adresse",
    "preis punkt tipp notiz nachricht fakt tatsache bedingung erstens zweitens drittens kurz kurzum",
    "übersetzung untertitel kapitel teil folge tag woche monat jahr montag dienstag mittwoch donnerstag",
    "freitag samstag sonntag nummer vorsicht geheimnis",
    # French
    "attention remarque règle règles question réponse résultat résultats problème solution exemple vérité",
    "raison but mission conseil date heure lieu adresse prix conclusion chapitre partie épisode traduction",
    "jour semaine lundi mardi mercredi jeudi vendredi samedi dimanche numéro avertissement secret condition",
    "conditions bref premièrement d'abord",
    # Spanish, Italian, Portuguese
    "atención aviso nota regla reglas pregunta respuesta resultado problema solución ejemplo verdad razón",
    "objetivo misión fecha hora lugar dirección precio capítulo parte traducción subtítulos día semana lunes",
    "martes miércoles jueves viernes sábado domingo número secreto primero segundo condición consejo",
    "conclusión recuerda recuerden attenzione avviso regola regole domanda risposta risultato soluzione",
    "esempio verità motivo obiettivo missione data ora luogo indirizzo prezzo capitolo parte traduzione",
    "giorno settimana numero segreto consiglio conclusione ricorda atenção aviso regra regras pergunta",
    "resposta resultado solução exemplo verdade motivo missão data lugar preço capítulo tradução legendas dia",
    "número segredo conselho conclusão lembre",
    # Russian
    "внимание вопрос ответ правило результат проблема решение пример правда причина цель задача план место",
    "время дата адрес цена глава часть перевод субтитры день неделя номер секрет условие вывод итог помни",
    "во-первых",
    # Dutch, Scandinavian, Polish
    "let op vraag antwoord regel probleem oplossing voorbeeld waarheid plaats tijd bemærk spørgsmål svar",
    "regel uwaga pytanie odpowiedź zasada problem przykład prawda miejsce czas",
)
"""Words that stand before a colon without being anybody's name."""

TITLES = _words(
    "mr mrs ms miss mister dr doctor prof professor sir lady lord madam madame captain capt commander cmdr",
    "colonel col general gen major maj lieutenant lt sergeant sgt corporal private pvt admiral officer",
    "detective det inspector insp agent chief sheriff deputy marshal judge justice senator president minister",
    "king queen prince princess father fr sister brother mother mom dad uncle aunt auntie grandma grandpa",
    "granny rabbi reverend rev pastor saint st coach nurse herr frau fräulein dr doktor professor kommissar",
    "kommissarin hauptmann leutnant oberst pfarrer schwester bruder tante onkel oma opa könig königin prinz",
    "prinzessin graf gräfin m mme mlle monsieur madame mademoiselle docteur capitaine lieutenant commissaire",
    "inspecteur père mère sœur frère oncle roi reine señor señora señorita sr sra srta don doña doctor",
    "doctora capitán teniente inspector padre madre tío tía abuelo abuela rey reina signor signora signorina",
    "sig dottor dottoressa capitano tenente ispettore don donna zio zia nonno nonna senhor senhora dom dona",
    "doutor doutora capitão tenente tio tia avô avó г-н г-жа господин госпожа доктор капитан майор дядя тётя",
)
"""Words before a name."""

ROLES = _words(
    "man men woman women boy boys girl girls guy lady gentleman kid kids child children baby teenager teen",
    "student students voice voices speaker narrator announcer presenter host hostess anchor anchorman",
    "reporter journalist interviewer interviewee moderator commentator caller operator dispatcher teacher",
    "principal professor doctor nurse surgeon paramedic patient officer cop police policeman policewoman",
    "guard guards soldier soldiers captain sergeant lieutenant general colonel commander pilot copilot",
    "stewardess driver waiter waitress bartender clerk cashier receptionist secretary boss manager lawyer",
    "attorney prosecutor judge bailiff witness juror foreman priest pastor nun monk king queen prince",
    "princess knight servant butler maid mother father mom mommy mum dad daddy son daughter brother sister",
    "grandmother grandfather grandma grandpa granny aunt uncle husband wife bride groom neighbor neighbour",
    "stranger villager villagers customer client vendor merchant farmer fisherman hunter sailor crew crowd",
    "audience everyone everybody both all together others chorus group team coach referee player robot",
    "computer machine radio tv television phone intercom loudspeaker automated monster ghost witch wizard",
    "angel devil god alien dragon detective inspector agent sheriff deputy translator interpreter actor",
    "actress director producer singer dancer thief robber interviewer participant respondent subject guest",
    "panelist expert scientist engineer mechanic mann männer frau frauen junge jungen mädchen kind kinder",
    "sprecher sprecherin erzähler erzählerin stimme stimmen moderator moderatorin reporter reporterin ansager",
    "lehrer lehrerin arzt ärztin polizist polizistin wache soldat kellner kellnerin verkäufer richter",
    "richterin anwalt priester könig königin mutter vater mama papa sohn tochter bruder schwester oma opa",
    "tante onkel alle beide menge chor gast nachbar fremder kommissar fahrer pilot homme hommes femme femmes",
    "garçon fille enfant enfants voix narrateur narratrice présentateur présentatrice journaliste professeur",
    "médecin docteur infirmière policier soldat garde serveur serveuse vendeur juge avocat prêtre roi reine",
    "mère père maman papa fils frère sœur grand-mère grand-père tante oncle tous toutes foule locuteur",
    "locutrice interlocuteur commentateur chauffeur voisin inconnu hombre hombres mujer mujeres chico chica",
    "niño niña niños voz voces narrador narradora presentador presentadora locutor locutora reportero",
    "periodista profesor profesora médico doctora enfermera policía soldado guardia camarero camarera juez",
    "abogado sacerdote rey reina madre padre mamá papá hijo hija hermano hermana abuela abuelo tía tío todos",
    "todas ambos multitud uomo uomini donna donne ragazzo ragazza bambino bambina bambini voce narratore",
    "narratrice presentatore giornalista professore professoressa medico dottore infermiera poliziotto",
    "soldato guardia cameriere giudice avvocato prete re regina madre padre mamma papà figlio figlia fratello",
    "sorella nonna nonno zia zio tutti tutte folla homem homens mulher mulheres menino menina rapaz criança",
    "crianças voz narrador narradora apresentador repórter jornalista professor professora médico médica",
    "enfermeira policial soldado guarda garçom juiz advogado padre rei rainha mãe pai filho filha irmão irmã",
    "avó avô todos ambos multidão мужчина женщина мальчик девочка парень девушка голос диктор рассказчик",
    "ведущий ведущая репортёр журналист учитель учительница врач доктор полицейский солдат официант судья",
    "священник король королева мать отец мама папа сын дочь брат сестра бабушка дедушка тётя дядя все оба",
    "толпа man vrouw jongen meisje kind stem verteller allen mand kvinde dreng pige mężczyzna kobieta",
    "chłopiec dziewczyna wszyscy",
)
"""Nouns for speakers whose name nobody says."""

FIRST_NAMES = _words(
    "aaron abby abigail adam adrian aidan alan albert alex alexander alexandra alexis alfred alice alicia",
    "alison allen amanda amelia amy andrea andrew andy angela angelina anna anne annie anthony antonia",
    "antonio arnold arthur ashley audrey barbara barry becky ben benjamin bernard beth betty bob bobby brad",
    "bradley brandon brenda brian bridget bruce bryan caleb cameron carl carla carlos carmen carol caroline",
    "catherine cathy cecilia charles charlie chloe chris christian christina christine christopher claire",
    "clara claudia cleo colin connor craig cynthia dan daniel daniela danny dave david deborah denise dennis",
    "derek diana diane dimitri dmitri don donald donna dora doris dorothy doug douglas dylan eddie edgar",
    "edith edward edwin eleanor elena elijah elisabeth elizabeth ella ellen elliot elsa emil emilia emily",
    "emma eric erica erik erika ernest esther ethan eva evan evelyn felix fernando fiona francis francisco",
    "frank franz fred freddie frederick gabriel gary gavin george gerald gina gloria gordon greg gregory",
    "greta gwen hank hannah hans harold harriet harry harvey heidi helen helena henry herbert howard hugh",
    "hugo ian igor ingrid irene isaac isabel isabella ivan jack jacob jake james jamie jan jane janet jason",
    "jeff jeffrey jenna jennifer jenny jeremy jerry jesse jessica jessie jill jim jimmy joan joanna joe joel",
    "johan john johnny jonas jonathan jorge jose josef joseph josh joshua juan judith judy julia julian julie",
    "karen karl karla kate katherine kathleen kathy katie keith kelly ken kenneth kevin kim klaus kristen",
    "kurt kyle larry laura lauren laurence lena leo leon leonard leonardo leslie lewis linda lisa liz logan",
    "lola lorenzo lou louis louise lucas lucia lucy luis lukas luke lydia lynn mabel maggie manuel marcel",
    "marco marcus margaret maria marianne marie marilyn mario marion marta martha martin marty marvin mary",
    "mateo matthew matt matthias maurice max maya megan melanie melissa mia michael michelle miguel mike",
    "mikhail miriam mitch molly monica nadia nancy naomi natalie natasha nathan ned neil nicholas nick nicole",
    "nigel nina noah nora norman oleg olga oliver olivia oscar otto owen pablo pamela patricia patrick paul",
    "paula pedro peggy peter petra phil philip philippe phoebe pierre rachel ralph ramon ray raymond rebecca",
    "richard rick ricky rita robert roberto roger roland ron ronald rosa rosie roy russell ruth ryan sally",
    "sam samantha samuel sandra sara sarah scott sean sebastian sergei sergio seth shane sharon sheila",
    "shirley silvia simon sofia sonia sophia sophie stan stanley stefan stella stephanie stephen steve steven",
    "stewart stuart sue susan susanne suzanne sven svetlana sylvia tanya tara ted teresa terry tess theo",
    "theodore theresa thomas tiffany tim timothy tina tobias toby todd tom tommy tony tracy trevor tyler",
    "ursula valentina vanessa vera veronica vicky vincent vivian vladimir walter wanda wayne wendy werner",
    "wilhelm will william wolfgang yasmin yuri yvonne zachary zoe andré antoine aurélie benoît camille cédric",
    "chloé claude clément élise éric étienne fabien fabrice françois françoise frédéric gérard guillaume",
    "hélène henri hervé inès jacques jean jérôme julien laurent léa luc lucie marc mathieu maxime nathalie",
    "nicolas olivier pascal philippine rené rémi sébastien solène stéphane sylvie théo thierry valérie xavier",
    "yann yves alejandro álvaro ana andrés beatriz blanca diego elisa emilio enrique esteban gonzalo",
    "guillermo inés ignacio isabel javier jesús joaquín josé julio laura lucía manuela maría marina mónica",
    "nuria óscar paco pilar rafael raquel raúl ricardo rocío rodrigo rubén santiago sofía tomás vicente",
    "alessandro alessia beatrice bruno carlo chiara davide elisa enrico fabio federica federico filippo",
    "francesca francesco gianni giacomo giorgia giorgio giovanni giulia giulio giuseppe lorenzo luca luigi",
    "marta matteo mattia michele nicola paola paolo pietro riccardo salvatore silvia simone stefania stefano",
    "tommaso valeria vittorio ana afonso beatriz bruna catarina duarte fátima filipe gabriela gonçalo helena",
    "inês joana joão josé leonor luísa madalena margarida matilde rui sérgio tiago vasco anja annika birgit",
    "björn christoph dieter dirk florian friedrich fritz georg gerd gisela günter gunther hanna heike",
    "heinrich heinz helga helmut holger ilse jens jörg jürgen katharina katja kerstin konrad leonie lotte",
    "ludwig lutz maike manfred markus mathilda matthäus moritz nadine nils paulina rainer renate rolf rudolf",
    "sabine siegfried silke steffi svenja sören thorsten torsten ulrich ulrike uta uwe volker алексей",
    "александр анастасия андрей анна антон борис вадим валентина вера виктор владимир галина дарья денис",
    "дмитрий евгений екатерина елена иван игорь ирина кирилл ксения лариса людмила максим марина мария михаил",
    "наталья никита николай оксана олег ольга павел пётр роман светлана семён сергей софья татьяна фёдор юлия",
    "юрий",
)
"""Usual first names; left out are those that are also words or places (Grace, Mark, June, Paris)."""

TITLES_CJK = tuple(
    sorted(
        _words(
            "先生 女士 小姐 太太 夫人 老师 老師 医生 醫生 大夫 护士 護士 经理 經理 总裁 總裁 总监 總監 老板 老闆 队长",
            "隊長 班长 班長 校长 校長 院长 院長 局长 局長 处长 科长 部长 部長 组长 組長 主任 主席 书记 教授 博士 律师",
            "律師 法官 警官 警察 探长 侦探 师傅 師傅 司机 教练 教練 将军 將軍 上尉 上校 少校 司令 船长 船長 机长 大人",
            "公子 姑娘 大哥 大姐 大爷 大妈 大叔 大嫂 阿姨 叔叔 伯伯 爷爷 奶奶 哥哥 姐姐 弟弟 妹妹 哥 姐 叔 婶 嫂 总",
            "董 导 局 さん くん ちゃん 様 殿 君 先輩 氏 社長 課長 係長 店長 会長 院長 校長 刑事 警部 先生 博士 選手",
            "씨 님 선생님 선생 사장님 부장님 아저씨 아줌마 형 누나 언니 오빠",
        ),
        key=len,
        reverse=True,
    )
)
"""Words behind a name, longest first."""

ROLES_CJK = _words(
    "男 女 男人 女人 男子 女子 男孩 女孩 男生 女生 男声 女声 男聲 女聲 男主 女主 小孩 孩子 孩子们 儿童 少年",
    "少女 青年 老人 老太太 老头 老头子 大妈 大爷 大叔 大婶 阿姨 叔叔 路人 路人甲 路人乙 甲 乙 丙 丁 众人 眾人",
    "众 眾 大家 所有人 全体 全體 两人 二人 群众 观众 觀眾 旁白 画外音 畫外音 解说 解說 解说员 主持人 主持",
    "主播 记者 記者 采访者 受访者 嘉宾 来宾 演讲者 发言人 说话人 讲述人 播音员 广播 電話音 机器人 电脑 系统",
    "客服 老师 老師 学生 學生 同学 同學 校长 校長 教授 医生 醫生 护士 護士 病人 患者 警察 警官 警员 侦探 士兵",
    "军官 将军 長官 长官 司机 乘客 服务员 服務員 店员 店員 老板 老闆 老板娘 顾客 客人 秘书 经理 律师 法官",
    "证人 神父 牧师 和尚 道士 师父 師父 师傅 徒弟 师兄 师弟 师姐 师妹 皇帝 皇上 皇后 太后 公主 王子 国王 女王",
    "太监 丫鬟 管家 仆人 侍卫 妈妈 媽媽 爸爸 妈 爸 媽 母亲 母親 父亲 父親 爹 娘 儿子 兒子 女儿 女兒 哥哥 姐姐",
    "弟弟 妹妹 爷爷 爺爺 奶奶 外公 外婆 姥姥 姥爷 丈夫 老公 妻子 老婆 新郎 新娘 邻居 鄰居 女友 男友 村民 农民",
    "渔夫 猎人 小偷 劫匪 母 父 兄 姉 弟 妹 祖父 祖母 息子 娘 夫 妻 お母さん お父さん お兄さん お姉さん",
    "おじいさん おばあさん おじさん おばさん ママ パパ 先生 生徒 学生 校長 教師 医師 医者 看護師 患者 警察官",
    "刑事 警官 兵士 隊長 店員 店主 客 運転手 司会 司会者 記者 アナウンサー アナウンス ナレーター ナレーション",
    "リポーター レポーター 語り インタビュアー 話者 声 男の声 女の声 男の子 女の子 少年 少女 老婆 老人 一同",
    "全員 二人 みんな 皆 村人 王 王様 女王 王子 姫 神父 男A 男B 女A 女B 남자 여자 소년 소녀 아이 아이들 남성",
    "여성 노인 할머니 할아버지 엄마 아빠 어머니 아버지 아들 딸 형 누나 오빠 언니 선생님 학생 의사 간호사 경찰",
    "기자 앵커 사회자 진행자 해설 내레이터 내레이션 손님 점원 직원 사장 모두 다같이 화자",
)
"""Chinese, Japanese and Korean nouns for speakers whose name nobody says."""

SURNAMES_ZH = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱郭何罗羅宋郑鄭谢謝韩韓唐冯馮董萧蕭曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁"
    "魏薛阎闫余潘杜戴夏钟鍾汪任姜范姚谭譚廖邹鄒熊陆陸郝孔崔康邱秦顾顧侯邵孟钱錢尹黎贺賀赖賴龚龔庞樊殷颜顏倪严嚴温俞葛向章关關林"
)
COMPOUND_SURNAMES_ZH = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "上官",
    "诸葛",
    "諸葛",
    "慕容",
    "令狐",
    "东方",
    "西门",
    "南宫",
    "皇甫",
    "尉迟",
)

SURNAMES_JA = _words(
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 斉藤",
    "清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本",
    "福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 中川 原田 松田 竹内 小野 田村 中山 和田 石田 森田 上田 原",
    "内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 工藤 谷口 今井 高田 増田 丸山 杉山 村田 大塚 新井 小山",
    "平野 藤本 河野 上野 野口 武田 松井 千葉 菅原 岩崎 久保 木下 佐野 野村 松尾 菊地 市川 太郎 次郎 一郎 二郎",
    "三郎 花子 健太 翔太 大輔 健 誠 直樹 拓也 美咲 陽子 恵子 由美 愛 葵 蓮 翔 さくら 結衣 美月 七海 優子 明美",
    "和子 京子 幸子 真由美 智子 裕子 直子 香織 麻衣 彩 舞 亮 隆 浩 修 剛 哲也 健一 浩二 啓介 俊介 雄大 隼人",
    "海斗 悠斗",
)
"""Usual Japanese family and given names."""

MORE_LABELS_CJK = _words(
    "方法 办法 辦法 关键 關鍵 目标 目標 任务 任務 条件 條件 秘密 密码 密碼 建议 建議 真相 意思 计划 計劃 成绩",
    "成績 马上 金句 高潮 消息 好消息 坏消息 壞消息 规则 規則 口号 口號 口诀 提醒 小心 当心 當心 小结 小時",
    "小时 小说 小說 小费 小事 小贴士 老话 老話 老规矩 老地方 老样子 老實說 老实说 老家 阿门 于是 於是 周末",
    "週末 方向 方案 经过 經過 安排 程序 项目 項目 路线 路線 金额 金額 万一 萬一 常言 古话 古話 俗话 谚语 名言",
    "事实 事實 简单 簡單 结局 結局 未来 未來 过去 過去 现在 現在 今天 明天 昨天 今晚 早上 上午 中午 下午 晚上",
    "早晨 凌晨 星期一 星期二 星期三 星期四 星期五 星期六 星期日 周一 周二 周三 周四 周五 周六 周日 年龄 年齡",
    "身高 体重 體重 性别 职业 職業 姓名 名字 名称 编号 編號 代号 代號 型号 版本 数量 總數 总数 合计 总计 比分",
    "比例 概率 速度 距离 距離 高度 深度 重量 面积 优点 優點 缺点 缺點 好处 好處 坏处 壞處 特点 特點 步骤 步驟",
    "材料 工具 食材 做法 用法 用量 分类 分類 类型 類型 背景 前提 假设 定义 定義 公式 定理 定律 原则 原則 原理",
    "证据 證據 线索 線索 罪名 判决 判決 死因 病因 症状 诊断 药方 处方 遗言 遺言 格言 座右铭 歌词 歌詞 作词",
    "作曲 编曲 演唱 制片 监制 监製 出品 摄影 剪辑 美术 配乐 配音 来源 來源 出处 链接 网址 邮箱 微信 微博 联系",
    "购买 新闻 新聞 快讯 天气 头条 预告 前情 前情提要 上集 下集 本集 下一站 终点 起点 优惠 奖品 奖金 报酬",
    "代价 赌注 承诺 誓言 要求 请求 命令 指令 通知 公告 声明 聲明 广告 廣告 警报 危险 紧急 重要 特别 注释 例子",
    "举例 对比 区别 区別 相反 反之 同时 同時 此外 否则 不过 可是 或者 以及 除非 虽然 如果 只要 只有 真的 当然",
    "也许 可能 应该 必须 一定 可惜 幸好 谢谢 对不起 再见 欢迎 恭喜 朋友们 同志们 女士们 先生们 各位 亲爱的",
    "谜底 谜面 问答 上联 下联 横批 甲方 乙方 备用 遗嘱 宗旨 理由 借口 态度 感觉 心得 感想 评价 评论 ルール",
    "ポイント メモ ヒント テーマ タイトル アドレス パスワード ノート スコア タイム レベル ステージ ニュース",
    "クイズ メニュー プラン アドバイス コツ 答え 場所 日時 時間 時刻 条件 目的 目標 理由 結論 結果 方法 手順",
    "材料 作り方 値段 住所 名前 年齢 職業 趣味 速報 予告 前回 今回 次回 最後 最初 本日 今日 明日 昨日 今 注意",
    "警告 重要 秘密 真実 嘘 事実 要するに 例えば つまり ただし なお また そして しかし だから なぜなら 例",
    "教訓 格言 合言葉 暗証番号 電話番号 番号 翻訳 字幕 監督 脚本 音楽 出演 主題歌 歌 주의 질문 답 대답 문제",
    "결과 결론 규칙 방법 이유 목적 목표 시간 장소 주소 가격 이름 나이 비밀 진실 사실 예 예시 번역 자막 감독",
    "첫째 둘째 셋째 오늘 내일 어제 지금 참고 경고 중요 힌트 주제 제목",
)
"""Chinese, Japanese and Korean words that stand before a colon without being a name."""

FUNCTION_CHARACTERS_ZH = frozenset(
    "的了着過过很是不没沒有在就都也还還和与與或但而因为為所以如要会會能把被让讓给給从從到这這那哪什么麼怎谁誰几幾吗嗎呢吧啊"
    "一二三四五六七八九十第每各最更太真只两兩又再才却卻则則且若其之等说說问問道讲講云曰写寫想请請叫告诉"
)
"""Characters that hold a Chinese phrase together; a name holds them only behind a family name."""

PRONOUNS_CJK = (
    "我",
    "你",
    "您",
    "他",
    "她",
    "它",
    "这",
    "這",
    "那",
    "谁",
    "誰",
    "咱",
    "彼",
    "私",
    "俺",
    "僕",
    "これ",
    "それ",
    "あれ",
    "どれ",
)
PHRASE_ENDS_JA = (
    "は",
    "が",
    "を",
    "に",
    "で",
    "と",
    "も",
    "の",
    "へ",
    "から",
    "まで",
    "です",
    "ます",
    "した",
    "する",
    "って",
    "た",
    "ば",
    "は一つ",
)
"""What a Japanese phrase ends with that is no name."""
