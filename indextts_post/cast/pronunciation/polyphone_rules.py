"""Which reading a Chinese character has beside which neighbours: a table, one row a rule, each with its example.

Rows of a character are tried in order, the first that fits decides. `before` must end and `after` begin right at the
character; `near` may stand anywhere in the line. Rows marked `over` also correct the phrase dictionary; the others
speak only where it has no phrase. The example is in the user's notation; a test reads every one of them. Readings
follow the Xiandai Hanyu Cidian, in citation tones.
"""

from __future__ import annotations

from dataclasses import dataclass

END = r"(?:$|[，。！？、；：…,.!?;:”’」』）)\s])"
START = r"(?:^|[，。！？、；：…,.!?;:“‘「『（(\s])"
WHO = "(?:[我你他她它您咱]们?|谁|人家?|大家|自己)"
NUMBER = "[一二两三四五六七八九十百千万亿几半数0-9]"
THIS = f"(?:{NUMBER}|[这那哪每某各]|多少)"
VERY = "(?:[很太更最好挺真又特多够不越]|这么|那么|非常|有点|比较|不够|多么|一样)"
TITLES = (
    "先生|小姐|女士|太太|夫人|老师|同学|医生|大夫|教授|博士|经理|主任|总|局长|处长|科长|部长|队长|校长|院长|行长|"
    "师傅|律师|警官|法官|将军|司令|老板|秘书|导演|编辑|记者|护士|姑娘|某|哥|姐|叔|伯|婶|阿姨|大哥|大姐|大爷|大妈"
)


@dataclass(frozen=True)
class Rule:
    """One row: `char` reads `reading` where all that is given fits. `alone`: only as a word of its own."""

    char: str
    reading: str
    example: str
    before: str = ""
    after: str = ""
    near: str = ""
    previous: str = ""
    """Pattern of the part of speech of the word before, as jieba names it (v, a, d …)."""
    following: str = ""
    alone: bool = False
    over: bool = False
    doubtful: bool = False


R = Rule
RULES: tuple[Rule, ...] = (
    # 得: must dei3, get de2, particle between verb and result de5
    R(
        "得",
        "de2",
        "他<得|de2>了第一名",
        before=WHO,
        after="[了到过](?!解)|第|[奖病分癌]|冠军|感冒|金牌|满分",
        over=True,
    ),
    R(
        "得",
        "dei3",
        "我<得|dei3>走了",
        before=f"{WHO}|[就还总非必又可只才都也]|至少|起码|最少|不然|否则|恐怕|[今明后]天|早晚|肯定|一定",
        after="(?![了到过知救]|不[^到去]|很|太|多[了,，。]|像|意|罪|失|逞|志)",
        over=True,
    ),
    R("得", "dei3", "病了，<得|dei3>好好休息", before=START, after="(?![了到知益奖意失出以过逞])", alone=True),
    R(
        "得",
        "de5",
        "看<得|de5>见",
        before="[看听说想做跑走来吃办买用拿找记信合值认过]",
        after="[见到出起来懂清住动下上完着了过去]",
    ),
    R("得", "de5", "跑<得|de5>快", previous="[vazildgn]"),
    # 地: adverb particle de5, ground di4
    R(
        "地",
        "de5",
        "慢慢<地|de5>走",
        previous="[adzilvo]",
        before="[^\\s]{2}",
        after="[^，。！？、；：…上下里面方点区址板球铁图位段基形势道皮震]",
        alone=True,
    ),
    R("地", "de5", "轻轻<地|de5>关上", before=r"(.)\1", after="[^，。！？、；：…上下里面方区]"),
    R("地", "de5", "头也不回<地|de5>走了", previous="[vadz]", after="[走跑说看笑哭喊叫坐站问答转]"),
    R("地", "de5", "雨不停<地|de5>下着", before="不[停断住]|.然|似的?", over=True),
    # 的
    R("的", "di1", "打<的|di1>去", before="打", after=f"[去来回到吧费票]|过去|过来|上班|回家|走|{END}", doubtful=True),
    # 还: give back huan2, still hai2
    R("还", "huan2", "<还|huan2>钱", after="[给钱债清款贷账本书回上完掉]|人情|礼|不[起清上完]|得起|了[^得是有没]?"),
    R("还", "huan2", "<还|huan2>他。", after=f"{WHO}(?:{END}|[钱书债一的了吗吧清])"),
    R("还", "huan2", "借了要<还|huan2>。", after=f"[吗吧啊呀]?{END}", before="[^，。！？]"),
    R("都", "du1", "<都|du1>城", after="[城督市]", over=True),
    # 了: finish, able to liao3
    R("了", "liao3", "吃不<了|liao3>", before=r"[^，。！？、；\s我你他她它们谁]不"),
    R("了", "liao3", "受得<了|liao3>吗", before="[受来去做办忘吃喝走跑逃用管赢动帮免少错好忍瞒骗干死治拿改变]得"),
    # 着: hit, catch fire, fall asleep zhao2; wear, touch zhuo2
    R("着", "zhao2", "点不<着|zhao2>", before="[点找睡够摸猜见用管犯碰逮抓划打数怪碍][不得]", over=True),
    R("着", "zhao2", "没找<着|zhao2>", before="没有?[找睡逮抓猜摸够点碰]", over=True),
    R("着", "zhao2", "找<着|zhao2>了", before="[找猜逮摸睡点]", after=f"了|{END}", over=True),
    R("着", "zhuo2", "穿<着|zhuo2>讲究", before="穿", after="打扮|讲究|得体|朴素|时髦|整齐|随便|[很方]", over=True),
    # 为: be, become, do wei2; for wei4
    R(
        "为",
        "wei2",
        "被选<为|wei2>班长",
        before="[认成作称视变化改选分定评译写封升降转误设列沦结尊奉聘极尤较颇更最甚广大深稍略行无]|命名|解释|理解|任命|当选|推举",
    ),
    R(
        "为",
        "wei2",
        "称他<为|wei2>英雄",
        before="[称选视定奉拜认尊评改译变化封聘列以][^，。！？、]{1,8}",
        after="(?!了|什么|何|啥)",
    ),
    R("为", "wei2", "温度<为|wei2>三十度", previous="n", after=NUMBER),
    R("为", "wei2", "别<为|wei2>难他", after="[期止例首主难人生]", before="(?!因)[^因]"),
    # 数: count shu3
    R(
        "数",
        "shu3",
        "<数|shu3>着",
        after="着|了[一数又]|一数|不[清尽完]|不过来|得清|一下|到[0-9一二三四五六七八九十百]|钱|羊|星星|来数去|[一两]遍|[也都]数",
        over=True,
    ),
    R("数", "shu3", "<数|shu3>他最高", after=f"{WHO}最", over=True),
    R("数", "shu3", "数一<数|shu3>", before="数[一了不来也都]", over=True),
    R("数", "shu3", "我来<数|shu3>，", before="[来去别再会]", after=END, alone=True),
    # 教: teach, as a word of its own jiao1
    R("教", "jiao4", "信<教|jiao4>的人", before="[信入传佛道拜邪新旧]"),
    R("教", "jiao1", "他<教|jiao1>英语", alone=True),
    R("教", "jiao1", "<教|jiao1>会了他", after="[你我他她会给过着得了]|不会"),
    # 种: plant zhong4, kind zhong3
    R(
        "种",
        "zhong4",
        "<种|zhong4>了一棵树",
        before=f"(?!{THIS}).|^",
        after="[了着下上满过在地树花菜田瓜豆草出活给些粮棉茶果稻麦]|庄稼|水稻|小麦|玉米|葡萄|蔬菜|什么|点",
        alone=True,
    ),
    R(
        "种",
        "zhong4",
        "山坡上<种|zhong4>满了茶树",
        before=f"(?!{THIS}|[品物人播变绝灭杂良火配接特纯兵]).|^",
        after="[了满下上过]|[树菜地](?!的)",
    ),
    R("种", "zhong3", "这<种|zhong3>事", before=f"{THIS}|[品物人变绝灭杂良火]"),
    R("种", "zhong4", "很好<种|zhong4>", before="[好难会不没想来]", after=END),
    # 好: like hao4
    R("好", "hao4", "就是<好|hao4>面子", after="面子|管闲事|吹牛|虚荣", over=True),
    R(
        "好",
        "hao4",
        "他<好|hao4>酒",
        before=f"{WHO}|生性|天生",
        after="[酒色赌斗胜战强动玩]|面子|管闲事|说大话|吃懒做|学",
        over=True,
    ),
    R("好", "hao4", "<好|hao4>色", after="[色]|大喜功|高骛远|吃懒做|逸恶劳", over=True),
    R("好", "hao4", "很<好|hao4>学", before="很|勤奋|聪明|敏而", after="学", over=True, doubtful=True),
    # 空: free time, blank kong4
    R(
        "空",
        "kong4",
        "有<空|kong4>吗",
        before="有|没|没有|抽|抽个|抽出|腾|挤|得|填|留|什么时候",
        after=f"{END}|[吗的了来就吧再时去见儿一]",
    ),
    # 觉: sleep jiao4
    R(
        "觉",
        "jiao4",
        "睡了一<觉|jiao4>",
        before="[睡午一大懒个好补这那场两三]|安稳",
        after="(?!得|悟|察|醒(?!来))",
        over=True,
    ),
    R("乐", "yue4", "管弦<乐|yue4>", before="[音声奏配弦管民国鼓礼哀]|摇滚|爵士|古典", over=False),
    R("乐", "yue4", "<乐|yue4>团", after="[队团谱器曲手章坛理府师]"),
    # 中: hit zhong4
    R(
        "中",
        "zhong4",
        "射<中|zhong4>了",
        before="[打射击命看猜选考说料刺砸撞投踢抽押踩瞄言]",
        after=f"了|[的不靶他她我你]|目标|要害|{END}",
        over=True,
    ),
    R("中", "zhong4", "<中|zhong4>了大奖", after="了|[奖毒弹枪箭计暑风标邪招彩]|大奖|头奖|圈套|埋伏"),
    # 当: trick, take for dang4
    R("当", "dang4", "上过<当|dang4>", before="上[了过]?(?:[^，。！？]{1,4}的)?大?", after=f"[了吗吧啊]?{END}"),
    R("当", "dang4", "不<当|dang4>回事", after="(?:一)?回事|真|成|[作做]|铺", over=True),
    R("当", "dang4", "别把我<当|dang4>外人", before="[把拿][^，。！？]{1,8}", after="(?!时|天|然|场|地)"),
    # 发: hair fa4; its neutral tone in 头发
    R("发", "fa5", "头<发|fa5>", before="头", after="(?!生|现|送|出|明|展|布|烧|热|晕|昏)", over=True),
    R(
        "发",
        "fa4",
        "短<发|fa4>",
        before="[白黑长短金银卷秀毛假理洗染烫剪束脱鬓披梳植蓄护]",
        after="(?!生|现|送|出|明|展|布|给|达|起)",
    ),
    R("发", "fa4", "<发|fa4>型", after="[型廊胶蜡夹卡际丝辫髻妆梢质根饰簪量]"),
    # 干: dry gan1
    R(
        "干",
        "gan1",
        "衣服没<干|gan1>",
        before="(?:衣服|毛巾|头发|地|油漆|墨水?|颜料|被子|床单|鞋|袜子|裤子|泪|河|井|嘴|嗓子|口|胶水|水泥|血|土)[^，。！？]{0,5}",
        after=f"[了过吗透得]|{END}",
        over=True,
    ),
    R("干", "gan1", "晒<干|gan1>", before="[饼风晒晾烘擦吹烤抹喝榨抽蒸拧]|葡萄|豆腐|牛肉"),
    R("干", "gan1", "<干|gan1>净", after="[净杯燥旱脆扰涉涸粮枯瘪瘦洗货草柴冰酪涩咳裂爹妈爸亲]|电池|儿子|女儿"),
    R("更", "geng1", "三<更|geng1>", before="[三五二四]|半夜三|打|变", after=f"{END}|半夜|天"),
    R("更", "geng1", "<更|geng1>换", after="[换改衣正替迭名]|年期"),
    # 假: holiday jia4
    R(
        "假",
        "jia4",
        "放<假|jia4>",
        before="[放请病事产婚寒暑度休年例春节告补销续准丧公长短]|[天周期月]的?",
        after="(?![的如话装设货钱冒发牙山象账])",
    ),
    R("假", "jia4", "<假|jia4>期", after="[期日条]", over=True),
    R("间", "jian1", "他们中<间|jian1>隔着一条河", before="[之中其此房时空]", after="(?:隔着|隔了|断了)", over=True),
    R("间", "jian4", "<间|jian4>谍", after="[谍隔接断歇或距]"),
    R("降", "xiang2", "宁死不<降|xiang2>", before="[投招诱劝归受诈乞请逼]|宁死不"),
    R("角", "jue2", "女主<角|jue2>", before="[主配名丑旦捧]"),
    R(
        "结",
        "jie1",
        "树上<结|jie1>满了果子",
        after="(?:满了?|出了?|了|着)[^，。！？]{0,5}[果瓜桃梨枣籽子]",
        near="[树藤枝花]",
        over=True,
    ),
    R("尽", "jin3", "<尽|jin3>可能", after="[快早量管先]|可能", over=False),
    # 卷: roll juan3, paper juan4
    R("卷", "juan3", "<卷|juan3>起", after="[起成进入走了曲着铺上袖裤边]", before="(?![试考答问开交阅]).|^"),
    R("卷", "juan3", "把被子<卷|juan3>好", before="把[^，。！？]{1,6}", after="[好了]"),
    # 看: look after kan1
    R(
        "看",
        "kan1",
        "在家<看|kan1>孩子",
        before="在家|帮[我你他她忙]+|负责|替[我你他她]|留下|专门|轮流|给[^，。！？]{1,3}|来|去",
        after="(?:着|好|一下)?(?:小?孩|门|家$|店|行李|摊|娃|牛|羊|瓜|场子)",
        doubtful=True,
    ),
    # 落: leave behind la4
    R(
        "落",
        "la4",
        "把伞<落|la4>在车上",
        before="(?<!目光)把(?![^，。！？]*(?:目光|视线|心|脚|重点))[^，。！？落]{1,12}",
        after="在|下了|(?![下到实进入笔款])[一-鿿]",
        over=True,
    ),
    R("落", "la4", "<落|la4>下了功课", after="下[了很几两一]*(?:多|门|节)?(?:功课|课|作业)", over=True),
    R("落", "luo4", "纷纷<落|luo4>下", after="[下在]", over=True),
    # 量: measure liang2; neutral in 商量
    R("量", "liang5", "商<量|liang5>", before="[商打掂]", after="(?!级|化)", over=True),
    R(
        "量",
        "liang2",
        "<量|liang2>体温",
        after="一量|[了过着好]|体温|血压|尺寸|身高|体重|腰|三围|一下|长度",
        alone=True,
    ),
    R("量", "liang2", "量一<量|liang2>", before="量[一了]"),
    R(
        "难",
        "nan4",
        "大<难|nan4>不死",
        before="[灾苦遇逃患落空遭蒙国殉受责发非避罹劫海磨危]|(?<![么太])大",
        after="(?![的看受过办听题点])",
    ),
    R("宁", "ning4", "<宁|ning4>死不屈", after="[可愿死肯折]|缺毋"),
    R(
        "切",
        "qie1",
        "<切|qie1>菜",
        after="[菜肉开成断碎片丝块掉下好]|蛋糕|西瓜|水果|土豆|面包|洋葱|一下|一刀",
        before="(?![一亲急密关热迫确贴深真]).|^",
    ),
    R("切", "qie1", "别<切|qie1>了", before="[别来先再去]", after="了|吧|吗"),
    R("曲", "qu1", "<曲|qu1>折", after="[折线解直面]"),
    R("曲", "qu1", "弯弯<曲|qu1>曲", before="[弯歪扭卷委蜷]|弯曲"),
    # 盛: fill a bowl cheng2
    R("盛", "cheng2", "<盛|cheng2>饭", after="[碗饭汤点菜满着水酒上出起粥好了一两半]|得下|不下"),
    # 调: adjust tiao2, move, tune diao4
    R(
        "调",
        "tiao2",
        "<调|tiao2>低",
        after="[低高小大整节解和味皮戏侃料试控理养配停酒色音好慢快亮暗匀准焦频弦]|成|一[调下]|闹钟|时间|座椅",
        over=False,
    ),
    R(
        "调",
        "tiao2",
        "把闹钟<调|tiao2>到六点",
        before="(?:闹钟|音量|温度|时间|亮度|声音|座椅|空调|频道|字号)[^，。！？]{0,4}",
    ),
    R("调", "diao4", "<调|diao4>走", after="[查动度换遣派到离走来回令研头门子号往职任包入出集兵用岗]"),
    R("调", "diao4", "语<调|diao4>", before="[声腔语曲音高低强单跑走格情论笔基色抽外借内被步]"),
    # 系: fasten ji4
    R(
        "系",
        "ji4",
        "<系|ji4>好",
        before="(?![关联体语派星院学科文根谱]).|^",
        after="[好上着紧了住]|鞋|领带|带子|安全带|围巾|围裙|扣|腰带|绳|红领巾|在[^于]",
    ),
    R("兴", "xing1", "不<兴|xing1>这个", before="[复振新中时不]", after="(?!趣|高|致|味)", alone=True),
    R("应", "ying5", "答<应|ying5>", before="答", over=True),
    R("应", "ying1", "<应|ying1>由他去", alone=True, after="[由在为当该有是被将于用从把不]"),
    R("载", "zai3", "<载|zai3>入史册", after="入|于史", over=True),
    R("载", "zai3", "三年五<载|zai3>", before="[记刊登转连千]|[年半五]"),
    R(
        "涨",
        "zhang4",
        "脸<涨|zhang4>得通红",
        after="红|得[^，。！？]{0,3}[红紫痛疼]|满",
        near="脸|头|肚|血|眼",
        over=True,
    ),
    # 只: measure word zhi1
    R(
        "只",
        "zhi1",
        "两<只|zhi1>鸟",
        before=f"{THIS}|[船牛羊猪]",
        after="(?![有是能会要想见剩在需管知说买求怕差可用当做不]|好不)",
        over=True,
    ),
    R("只", "zhi1", "<只|zhi1>身", after="[身影]|言片语|字片语", over=True),
    # 转: revolve zhuan4
    R(
        "转",
        "zhuan4",
        "<转|zhuan4>了一圈",
        after=f"[了过着]?{NUMBER}?[圈]|[盘轮椅速塔台悠晕筒]|个不停|来转去|个圈|马灯|不停|得[飞很快慢厉头]",
        over=True,
    ),
    R(
        "转",
        "zhuan4",
        "绕着太阳<转|zhuan4>",
        before="(?:[绕围][^，。！？]{0,8}|团团|滴溜溜|原地|不停地?|打|转[啊来着])",
        after=f"[着啊了]|{END}",
        over=True,
    ),
    R("钻", "zuan4", "<钻|zuan4>石", after="[石戒头床井]"),
    R("钻", "zuan4", "电<钻|zuan4>", before="[电枚颗]|克拉|金刚"),
    # 差: difference cha1, errand chai1, lack, bad cha4
    R("差", "chai1", "出了趟<差|chai1>", before="出[了过一趟次个]*|[公交邮美兼听官钦鬼苦]", after="(?!不多|点)"),
    R(
        "差",
        "cha1",
        "两个数的<差|cha1>是五",
        before="[误时偏温落逆顺色视反级之方]|(?:数|[数字])的",
        after=f"是|为|等于|[别异价距额值]|{END}",
    ),
    R("称", "chen4", "<称|chen4>心", after="[心职意]"),
    R("处", "chu3", "和他<处|chu3>得来", after="得来|不来|得[好很]|了[几半一]|对象|朋友"),
    R("处", "chu3", "相<处|chu3>", before="[相共独]"),
    R(
        "传",
        "zhuan4",
        "水浒<传|zhuan4>",
        before="[自列外评小正左立]|水浒|英雄|白蛇|人物|名人",
        after="(?!说|统|来|给|达|播|奇|球|染|言|递)",
    ),
    R("传", "zhuan4", "居里夫人<传|zhuan4>", before="[人王帝圣侠]", after=END),
    R("传", "zhuan4", "《叶问<传|zhuan4>》", after="》"),
    R("担", "dan4", "一<担|dan4>柴", before=NUMBER, after="[^心任保当负忧架]", over=True),
    R("担", "dan4", "重<担|dan4>", before="[重扁挑]", after="(?!心|任)"),
    R("弹", "dan4", "<弹|dan4>药", after="[药头壳丸道片孔坑幕弓夹匣]"),
    R("弹", "dan4", "飞<弹|dan4>", before="[子炮炸飞导核氢流投枪哑榴铅]|原子|信号|催泪|烟雾|手榴"),
    # 倒: fall dao3, pour, backwards, on the contrary dao4
    R("倒", "dao4", "<倒|dao4>车", before="一边", after="[车水茶酒]", over=True),
    R(
        "倒",
        "dao3",
        "撞<倒|dao3>一个人",
        before="[摔跌打推撞晕昏病倾卧吹拉绊击扑压滑醉难问吓迷栽瘫累饿砍扳笑驳踢]",
        after="(?![水茶酒车]|咖啡)",
        over=True,
    ),
    R(
        "倒",
        "dao4",
        "<倒|dao4>杯水",
        after="[水茶酒退影立数杯点掉满挂装贴流转进入也还要是想真很有没说]|计时|一[杯点]|了[一两]?杯|垃圾|出来|过来|咖啡|不",
    ),
    R("倒", "dao4", "挂<倒|dao4>了", before="[挂贴拿装颠]"),
    R("恶", "wu4", "可<恶|wu4>", before="[厌可憎深痛羞嫌]"),
    R("缝", "feng4", "一条<缝|feng4>", before="[条道个裂门墙石牙窗夹指地眼]|见|插|" + NUMBER),
    R("缝", "feng2", "<缝|feng2>衣服", after="[衣补纫合制针上好了着个扣被起住]"),
    R("供", "gong4", "<供|gong4>出同伙", after="[认奉述状品桌佛台]|出(?:来|了|同)|祖|着[^，。！？]{0,4}[佛像位]"),
    R("供", "gong4", "招<供|gong4>", before="[招口逼串翻录]"),
    R("冠", "guan4", "<冠|guan4>军", after="[军名绝]|以"),
    R("号", "hao2", "哀<号|hao2>", before="[哀怒呼寒狂]|北风"),
    # 和: knead huo2, chime in he4, neutral in 暖和
    R("和", "huo2", "<和|huo2>面", after="[面泥馅](?!包|条|对|前|子)", before="[你我他她来在先再会把]|水|^"),
    R("和", "huo2", "面<和|huo2>不起来", before="面|泥", after="不?起来|不?[好匀开]|得|了|[硬软稀]"),
    R("和", "huo2", "加水<和|huo2>成团", after="成[团面泥]"),
    R("和", "he4", "一唱一<和|he4>", before="唱一|附|曲高"),
    R("和", "huo5", "暖<和|huo5>", before="[暖软热掺搅]", over=True),
    R("划", "hua2", "<划|hua2>船", after="[船桨算拳破伤火]|得来|不来|开了|玻璃"),
    R("几", "ji1", "<几|ji1>乎", after="[乎率案]"),
    R("济", "ji3", "<济|ji3>南", after="[南宁济源]"),
    R(
        "将",
        "jiang4",
        "一员老<将|jiang4>",
        before="[老上中少名武猛虎败健战骁良守主副悍小部女爱]",
        after=f"[们的是出]|{END}",
    ),
    R("劲", "jing4", "<劲|jing4>敌", after="[敌旅松草爆舞]"),
    R("禁", "jin1", "<禁|jin1>不住", after="[不得][住起]"),
    R("禁", "jin1", "不<禁|jin1>笑了", before="不"),
    # 圈: pen for animals juan4
    R("圈", "juan4", "猪关在<圈|juan4>里", after="里|养|肥", near="[猪羊牛马鸡鸭]|牲口"),
    R("圈", "juan4", "猪<圈|juan4>", before="[猪羊牛马]"),
    R("累", "lei3", "<累|lei3>计", after="[计积及犯]"),
    R("率", "lv4", "回头<率|lv4>", before="[^，。！？亲统草坦直轻表真]", after="(?![领先队兵众军真部团性])"),
    R("磨", "mo4", "驴拉<磨|mo4>", before="[拉推石卸]", after=f"的|{END}"),
    R("磨", "mo4", "<磨|mo4>豆腐", after="[盘坊面粉]|豆", over=True),
    # 铺: spread pu1, shop, bunk pu4
    R("铺", "pu1", "床上<铺|pu1>着", after="[着了满开好上床路成平垫展砌被排在一下就设]|地毯|桌布"),
    R("铺", "pu4", "肉<铺|pu4>", before="[店当床卧上下中饭药肉饼米布通]|杂货|包子|铁匠|裁缝"),
    # 散: loose san3
    R(
        "散",
        "san3",
        "鞋带<散|san3>了",
        before="(?:鞋带|头发|辫子|线|包|绳子?|骨架|骨头|行李|书页|零件|架子?)[^，。！？]{0,3}",
        after=f"[了开着]|{END}",
        over=True,
    ),
    R("散", "san3", "<散|san3>装", after="[文漫装架光兵曲乱打户客货沙]"),
    R("少", "shao4", "<少|shao4>爷", after="[年女爷妇主将校尉壮侠帅]|奶奶|掌柜|庄主|东家", over=False),
    R("场", "chang2", "一<场|chang2>雨", before=THIS, after="大?(?:雨|雪|病|梦|火)|噩梦|空|虚惊|暴雨|恶战"),
    R("朝", "zhao1", "<朝|zhao1>升暮落", after=".[夕暮]|[气夕霞晖露]|不保", over=True),
    R("冲", "chong4", "说话很<冲|chong4>", before=VERY, after=f"[的得了]?{END}"),
    R("冲", "chong4", "<冲|chong4>着我喊", after="着"),
    R("冲", "chong4", "<冲|chong4>他喊", after=f"{WHO}(?!走|过|来|去)", doubtful=True),
    # 挨: suffer ai2, next to ai1
    R(
        "挨",
        "ai2",
        "<挨|ai2>了一顿打",
        after="[打骂饿批揍罚训冻宰踢]|了?[^，。！？]{0,4}[打骂揍批罚刀枪顿训]|耳光|巴掌|欺负|日子|不过",
        over=True,
    ),
    R("血", "xie3", "流了点<血|xie3>。", alone=True, after=f"[了啊呢呀流]?{END}|流"),
    R("勒", "lei1", "<勒|lei1>紧", after="[死紧住断]|得|着|脖", over=True),
    R("抹", "ma1", "<抹|ma1>桌子", after="布|桌"),
    R("扎", "za1", "<扎|za1>辫子", after="辫|头发|小辫|堆|马尾"),
    R("扇", "shan1", "<扇|shan1>扇子", after="扇子|风|了?[他她你我]|了?[一两]?个?(?:巴掌|耳光)|着|火"),
    # 背: carry bei1, back, learn by heart bei4
    R(
        "背",
        "bei1",
        "<背|bei1>着书包",
        after="着[^，。！？]{0,4}[包袋筐箱篓孩枪弟妹李]|起|上|书包|包袱|黑锅|孩子|不动|得动|债|行李|[我你他她]",
    ),
    R("炸", "zha2", "<炸|zha2>鸡", after="[鸡鱼虾酱糕肉]|薯|油条|丸子|春卷|土豆|豆腐", over=True),
    R("炸", "zha2", "油<炸|zha2>", before="油"),
    R("吐", "tu4", "想<吐|tu4>", before="[想要快呕]|恶心得?|难受得", after=f"[了]|{END}"),
    R("吐", "tu4", "<吐|tu4>了一地", after="了一地|血|得"),
    R("撒", "sa3", "<撒|sa3>点盐", after="[在上盐糖种满遍点落花]"),
    R("没", "mo4", "水<没|mo4>过膝盖", after="过[膝头脚顶小了]|收|顶"),
    R("没", "mo4", "淹<没|mo4>", before="[淹沉埋出吞隐]"),
    R("喝", "he4", "大<喝|he4>一声", before="[大断怒厉]", after="一声|道|住|："),
    R("削", "xiao1", "<削|xiao1>苹果", after="皮|苹果|铅笔|土豆|梨|尖|了?[一个]|掉"),
    R("晕", "yun4", "<晕|yun4>车", after="[车船机针血]"),
    R("挑", "tiao3", "<挑|tiao3>战", after="[战拨衅逗明]|起(?:事|争|战)"),
    # 行: row, trade hang2, go, all right xing2
    R("行", "xing2", "一<行|xing2>三人", before="一", after=f"人|{NUMBER}+[多余几]?(?:人|个|名|位)", over=True),
    R(
        "行",
        "hang2",
        "干一<行|hang2>",
        before=f"(?:{NUMBER}|[这那哪每第各本同懂入改转排])",
        after="(?!人|为|动|走|驶|程|李|得通|吗|吧)",
        over=True,
    ),
    R("行", "hang2", "<行|hang2>业", after="[业列情规距话]|当"),
    # 长: grow, head of zhang3, long chang2
    R(
        "长",
        "zhang3",
        "<长|zhang3>着一双大眼睛",
        after="着|大(?!衣|度)|成|出|满|胖|[进势]|痘|牙|毛|草|皱纹|见识|记性|肉|虫|斑|子|孙|辈|者|官|老|相",
    ),
    R("长", "zhang3", "<长|zhang3>这么大", after="[这那]么大|在|了(?!很多|[许不]|[一两三几]?[倍米寸点])|得"),
    R("长", "chang2", "多<长|chang2>", before=f"{VERY}|[米里丈尺寸年天]|小时|分钟", after="(?!大|高)"),
    R("长", "zhang3", "<长|zhang3>高了", after="高", before="(?!又).|^"),
    R("长", "zhang3", "比我<长|zhang3>两岁", after=f"{NUMBER}+岁|[我你他她]{NUMBER}+岁"),
    R(
        "长",
        "chang2",
        "一双<长|chang2>腿",
        after=f"[腿发裙袍裤衫廊椅桌江城短度期久远途处假篇征夜路跑线河长的叹刀剑矛枪龙脸队条方]|头发|胡子|{END}",
        alone=True,
    ),
    # 重: again chong2, heavy zhong4
    R("重", "zhong4", "<重|zhong4>重地", after="重[地的摔打砸落]", over=True),
    R("重", "zhong4", "重<重|zhong4>地", before="重", after="[地的摔打砸落]", over=True),
    R(
        "重",
        "chong2",
        "要<重|chong2>写",
        after="[写做来看读启播建组修演现返走拾整开温考置审装印围铸圆聚提犯燃奏唱拍办译发选画录数试算抄获塑构游]",
    ),
    R("重", "chong2", "三<重|chong2>保险", before="[双三多九千四两几]|层", after="(?!要|点|量|伤|的|地|斤|公)"),
    R("大", "dai4", "<大|dai4>夫", after="夫", before="(?<![士卿])", over=True),
    R("夫", "fu5", "大<夫|fu5>", before="(?<![士卿])大", over=True),
    R("大", "dai4", "山寨里的<大|dai4>王", after="王", near="山寨|强盗|喽[啰罗]|小的们|压寨|土匪|山贼", over=True),
)
"""Rows by character, in the order they are tried."""

SURE = frozenset("得地的还都了着为好便会和只要更中当过看间降角结尽没大夫几将应相给夹称炸挑数教号系再切行传难藏场号")
"""Characters whose usual reading may be trusted where no row and no phrase says otherwise; the others are doubtful."""

DEFAULTS = {
    "得": "de5", "地": "di4", "还": "hai2", "了": "le5", "着": "zhe5", "为": "wei4", "数": "shu4", "教": "jiao4",
    "种": "zhong3", "好": "hao3", "空": "kong1", "便": "bian4", "觉": "jue2", "乐": "le4", "中": "zhong1",
    "当": "dang1", "发": "fa1", "干": "gan4", "更": "geng4", "假": "jia3", "间": "jian1", "降": "jiang4",
    "角": "jiao3", "结": "jie2", "尽": "jin4", "卷": "juan4", "看": "kan4", "落": "luo4", "量": "liang4",
    "难": "nan2", "宁": "ning2", "切": "qie4", "曲": "qu3", "盛": "sheng4", "调": "tiao2", "系": "xi4", "兴": "xing4",
    "应": "ying4", "载": "zai4", "涨": "zhang3", "只": "zhi3", "转": "zhuan3", "钻": "zuan1", "差": "cha4",
    "称": "cheng1", "处": "chu4", "传": "chuan2", "担": "dan1", "弹": "tan2", "倒": "dao3", "恶": "e4", "缝": "feng4",
    "供": "gong1", "冠": "guan1", "号": "hao4", "和": "he2", "划": "hua4", "几": "ji3", "济": "ji4", "将": "jiang1",
    "劲": "jin4", "禁": "jin4", "圈": "quan1", "累": "lei4", "率": "shuai4", "磨": "mo2", "铺": "pu1", "散": "san4",
    "少": "shao3", "场": "chang3", "朝": "chao2", "冲": "chong1", "挨": "ai1", "血": "xue4", "勒": "le4", "抹": "mo3",
    "扎": "zha1", "扇": "shan4", "背": "bei4", "炸": "zha4", "吐": "tu3", "撒": "sa1", "没": "mei2", "喝": "he1",
    "削": "xue1", "晕": "yun1", "挑": "tiao1", "行": "xing2", "长": "chang2", "重": "zhong4", "的": "de5", "都": "dou1",
}  # fmt: skip
"""Reading of a character where no phrase and no row fits."""

SURNAMES = {
    "单": "shan4", "仇": "qiu2", "解": "xie4", "查": "zha1", "任": "ren2", "区": "ou1", "盖": "ge3", "曾": "zeng1",
    "华": "hua4", "朴": "piao2", "缪": "miao4", "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "乐": "yue4", "燕": "yan1",
    "洗": "xian3", "冼": "xian3", "召": "shao4", "折": "she2", "黑": "he4", "秘": "bi4", "员": "yun4", "翟": "zhai2",
    "种": "chong2", "逄": "pang2", "应": "ying1", "纪": "ji3", "过": "guo1", "哈": "ha3", "令狐": "ling2 hu2",
    "澹台": "tan2 tai2", "长孙": "zhang3 sun1", "宿": "su4", "卜": "bu3", "覃": "qin2", "佴": "nai4",
}  # fmt: skip
"""Family names read otherwise than the word; applied before a title, behind 姓, and in names that jieba finds."""

OWN_PHRASES = {
    "着实": "zhuo2 shi2", "大夫": "dai4 fu5", "头发": "tou2 fa5", "商量": "shang1 liang5", "答应": "da1 ying5",
    "值得": "zhi2 de2", "看得见": "kan4 de5 jian4", "舍不得": "she3 bu5 de5", "下载": "xia4 zai4",
    "调低": "tiao2 di1", "暖和": "nuan3 huo5", "朝阳区": "chao2 yang2 qu1", "安徽六安": "an1 hui1 lu4 an1",
    "假条": "jia4 tiao2", "为难": "wei2 nan2", "中弹": "zhong4 dan4", "处处": "chu4 chu4", "记得": "ji4 de5",
    "觉得": "jue2 de5", "显得": "xian3 de5", "懂得": "dong3 de5", "晓得": "xiao3 de5", "认得": "ren4 de5",
    "舍得": "she3 de5", "免得": "mian3 de5", "省得": "sheng3 de5", "由不得": "you2 bu5 de5", "怪不得": "guai4 bu5 de5",
    "了不得": "liao3 bu5 de5", "巴不得": "ba1 bu5 de5", "恨不得": "hen4 bu5 de5", "不由得": "bu4 you2 de5",
    "差点": "cha4 dian3", "差一点": "cha4 yi4 dian3", "落叶": "luo4 ye4", "卷子": "juan4 zi5", "落下": "luo4 xia4",
}  # fmt: skip
"""Words whose reading in the phrase dictionary is missing or not that of the Xiandai Hanyu Cidian."""
