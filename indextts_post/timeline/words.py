"""Word lists by which `speakers` tells directions, sounds and labels from speech. Lower case, whole words."""

from __future__ import annotations


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


LABEL_WORDS = frozenset(
    _words(
        "note notes warning caution attention remember listen look question answer result results step chapter",
        "example tip rule time date here now first second third finally but and so or yes no well ok okay repeat",
        "translation subtitle subtitles subtitled sync synced corrections correction caption captions captioned title",
        "scene part episode song important hint summary conclusion address phone email subject from to re cc ps p.s",
        "breaking news update today tonight tomorrow previously meanwhile location total score price cost cast",
        "director written produced directed music http https www ftp file mailto re: fact problem solution point",
        "thing truth because then also still one two three what why how who when where which think imagine picture",
        "see say said wait stop go please sorry thanks anyway achtung hinweis wichtig remarque nota atención",
    )
)
"""Words that stand before a colon without being anybody's name."""

MANNER_WORDS = frozenset(
    _words(
        "whispering whispers whispered whisper shouting shouts shouted shout yelling yells yelled yell screaming",
        "screams screamed laughing laughs laughed laugh chuckling chuckles chuckled chuckle giggling giggles giggle",
        "crying cries cried sobbing sobs sobbed sighing sighs sighed sigh gasping gasps gasp groaning groans groan",
        "moaning moans moan panting pants coughing coughs cough sniffling sniffles sniffs sniff stammering stammers",
        "stuttering stutters mumbling mumbles muttering mutters murmuring murmurs murmured growling growls snarling",
        "hissing pleading pleads begging sneering sneers mocking teasing singing sings humming hums wailing wails",
        "weeping weeps whimpering whimpers snickering snickers scoffs scoffing grunts grunting exclaims exclaiming",
        "hesitates hesitating hesitant angry anger furious sad sadness happy joyful excited scared afraid frightened",
        "terrified nervous anxious calm cold bitter bored tired sleepy drunk drunken disgusted surprised shocked",
        "sarcastic ironic gentle soft quiet loud hoarse breathless trembling shaking shaky melancholic tender stern",
        "serious playful cheerful desperate worried confused proud smug voice tone throat smiling smiles grinning",
    )
)
"""Words that say how a line is spoken."""

SOUND_WORDS = frozenset(
    _words(
        "music applause laughter cheering cheers crowd door doors phone telephone ringing rings bell bells gunshot",
        "gunshots gunfire shot shots explosion explosions explodes engine engines car cars horn horns honking honks",
        "siren sirens thunder rain wind birds bird dog dogs cat barking barks meows chirping chirp beeping beeps beep",
        "buzzing buzzes knocking knocks knock slams slam slamming creaks creaking footsteps glass shatters shattering",
        "breaking clattering clatters thud thuds crash crashes crashing static playing plays silence clicks clicking",
        "clapping ticking whirring rumbling rumbles rumble splash splashing alarm water waves fire crackling train",
        "plane helicopter radio tv television chatter indistinct inaudible instrumental theme orchestra piano guitar",
        "drums bgm sfx fx",
    )
)
"""Words of sounds that nobody speaks."""

OFF_SCREEN_MARKS = frozenset(
    _words(
        "v.o. v.o vo o.s. o.s os o.c. o.c oc off off-screen offscreen voiceover voice-over narration 画外音 画外 旁白",
        "内心独白 心声 畫外音 ナレーション モノローグ",
    )
)
"""Marks after a name: the speaker is not seen."""

NARRATORS = frozenset(
    _words(
        "旁白 narration narrator ナレーション ナレーター 解说 解說 内心独白 モノローグ",
    )
)
"""Names of speakers who are heard and not seen."""

MANNER_WORDS_CJK = _words(
    "愤怒 憤怒 生气 生氣 怒吼 大喊 大叫 喊叫 小声 小聲 低声 低聲 轻声 輕聲 大声 大聲 耳语 耳語 悄悄 悄声 哭 抽泣",
    "哽咽 啜泣 叹气 嘆氣 叹息 嘆息 冷笑 苦笑 大笑 微笑 嘲笑 笑着 笑著 坏笑 激动 激動 温柔 溫柔 紧张 緊張 害怕",
    "恐惧 恐懼 惊讶 驚訝 悲伤 悲傷 难过 難過 伤心 傷心 开心 開心 高兴 高興 兴奋 興奮 平静 平靜 冷静 冷漠 厌恶",
    "厭惡 讽刺 諷刺 颤抖 顫抖 疲惫 疲憊 虚弱 虛弱 喘气 喘氣 结巴 結巴 犹豫 猶豫 严肃 嚴肃 着急 焦急 无奈 無奈",
    "失望 绝望 絕望 惊恐 驚恐 得意 怒り 怒って 怒鳴 小声で 大声で 泣き 泣いて 笑い 笑って ささやき ささやく 叫び",
    "叫ぶ 悲し 嬉し 喜び 驚き 怯え 震え 呆れ ため息 囁き 囁く 照れ 焦り 慌て 淡々 優し",
)
"""Parts of Chinese and Japanese directions that say how a line is spoken."""

SOUND_WORDS_CJK = _words(
    "音乐 音樂 掌声 掌聲 枪声 槍聲 门铃 門鈴 铃声 鈴聲 敲门 敲門 脚步 腳步 爆炸 雷声 雷聲 雨声 雨聲 笑声 笑聲",
    "哭声 哭聲 电话响 電話響 警笛 狗叫 鸟鸣 鳥鳴 关门 關門 欢呼 歡呼 拍手 音楽 銃声 足音 着信 ノック 物音",
    "チャイム 爆発 雷鳴 ♪",
)
"""Parts of Chinese and Japanese sound cues."""

NOT_A_NAME_CJK = frozenset(
    _words(
        "注意 注 备注 備註 提示 警告 问题 問題 答案 结果 結果 例如 比如 记住 記住 时间 時間 地点 地點 第一 第二 第三",
        "首先 其次 最后 最後 总之 總之 答 问 問 结论 結論 原因 目的 标题 標題 字幕 翻译 翻譯 校对 校對 片名 主演 导演",
        "導演 编剧 編劇 电话 電話 地址 日期 价格 價格 温度 溫度 重点 重點 另外 所以 因为 因為 但是 然后 然後 还有",
        "還有 如下 以下 内容 內容 主题 主題 注記 注釈 例 質問 回答 つまり 例えば 一 二 三 其一 其二",
    )
)
"""Chinese and Japanese words that stand before a colon without being a name."""

NOT_A_NAME_ENDINGS_CJK = _words(
    "说 説 說 道 问 問 是 喊 叫 答 想 写 寫 讲 講 曰 称 稱 有 的 了 着 为 為 就 吗 呢 吧 は が を に で と",
)
"""Endings of phrases that introduce speech ("他说：") rather than name a speaker."""
