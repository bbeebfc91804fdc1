"""The table of every refusal: a stable code, its HTTP status, and what to say and do in English and Chinese."""

# ruff: noqa: E501 - a table

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """One stable error code. A `spoken` one is about the document: 200 under `application/json`."""

    name: str
    status: HTTPStatus
    en: str
    zh: str
    remedy_en: str
    remedy_zh: str
    spoken: bool = False


_TABLE: Final = (
    # What is wrong with the document
    Code(
        "GRAPHQL_PARSE_FAILED", HTTPStatus.BAD_REQUEST,
        "The document is not GraphQL.", "查询文档不符合 GraphQL 语法。",
        "Correct the syntax at the given place.", "请按所示位置改正语法。", spoken=True,
    ),
    Code(
        "GRAPHQL_VALIDATION_FAILED", HTTPStatus.BAD_REQUEST,
        "The document does not fit the schema.", "查询文档与模式不符。",
        "Compare the document with the schema.", "请对照模式改正查询文档。", spoken=True,
    ),
    Code(
        "BAD_VARIABLES", HTTPStatus.BAD_REQUEST,
        "The variables do not fit the operation.", "变量与操作的声明不符。",
        "Send variables of the declared types.", "请按声明的类型提供变量。", spoken=True,
    ),
    Code(
        "OPERATION_AMBIGUOUS", HTTPStatus.BAD_REQUEST,
        "The document holds {count} operations and `operationName` names none.", "文档含 {count} 个操作,而 `operationName` 未指明其一。",
        "Name the operation in `operationName`.", "请用 `operationName` 指明要执行的操作。", spoken=True,
    ),
    Code(
        "OPERATION_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "The document holds no operation of that name.", "文档中没有该名称的操作。",
        "Name an operation that the document holds.", "请指明文档中存在的操作。", spoken=True,
    ),
    Code(
        "OPERATION_NOT_SERVED", HTTPStatus.BAD_REQUEST,
        "A {kind} is not served here.", "此处不支持该类操作({kind})。",
        "Ask over a transport that serves it.", "请改用支持该类操作的传输方式。", spoken=True,
    ),
    # What is asked for by its name
    Code(  # the message is what clients of automatic persisted queries look for
        "PERSISTED_QUERY_NOT_FOUND", HTTPStatus.BAD_REQUEST,
        "PersistedQueryNotFound", "尚未记住该哈希对应的查询文档。",
        "Send the document once together with its hash.", "请将查询文档与其哈希一并发送一次。", spoken=True,
    ),
    Code(
        "PERSISTED_QUERY_HASH_MISMATCH", HTTPStatus.BAD_REQUEST,
        "The hash is not the SHA-256 of the document.", "哈希与查询文档的 SHA-256 不符。",
        "Hash the text exactly as it is sent, in UTF-8.", "请对实际发送的 UTF-8 文本计算哈希。", spoken=True,
    ),
    Code(
        "DOCUMENT_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "There is no trusted document of that name.", "没有该名称的受信文档。",
        "Ask the operator which documents are trusted.", "请向运维人员了解受信文档清单。", spoken=True,
    ),
    Code(
        "ONLY_TRUSTED_DOCUMENTS", HTTPStatus.FORBIDDEN,
        "Only trusted documents are answered here.", "此处只应答受信文档。",
        "Name a trusted document in `documentId`.", "请用 `documentId` 指明受信文档。", spoken=True,
    ),
    # What is too much
    Code(
        "DOCUMENT_TOO_LONG", HTTPStatus.BAD_REQUEST,
        "The document is {value} characters long; {limit} are allowed.", "查询文档长 {value} 个字符,上限为 {limit}。",
        "Shorten the document; pass data as variables.", "请缩短查询文档,数据请用变量传递。",
    ),
    Code(
        "TOO_MANY_TOKENS", HTTPStatus.BAD_REQUEST,
        "The document has more than {limit} {what}.", "查询文档的词法单元或注释({what})超过 {limit} 个。",
        "Split the document.", "请拆分查询文档。",
    ),
    Code(
        "QUERY_TOO_DEEP", HTTPStatus.BAD_REQUEST,
        "The operation is {value} fields deep; {limit} are allowed.", "操作嵌套 {value} 层字段,上限为 {limit} 层。",
        "Ask for the deeper part by its key in another request.", "请另发请求,按编码查询更深的部分。",
    ),
    Code(
        "TOO_MANY_OPERATIONS", HTTPStatus.BAD_REQUEST,
        "The document holds {value} operations; {limit} are allowed.", "文档含 {value} 个操作,上限为 {limit} 个。",
        "Send fewer operations in one document.", "请减少单个文档中的操作。",
    ),
    Code(
        "TOO_MANY_FRAGMENTS", HTTPStatus.BAD_REQUEST,
        "The document holds {value} fragments; {limit} are allowed.", "文档含 {value} 个片段,上限为 {limit} 个。",
        "Send fewer fragments in one document.", "请减少单个文档中的片段。",
    ),
    Code(
        "TOO_MANY_ALIASES", HTTPStatus.BAD_REQUEST,
        "The document has {value} aliases; {limit} are allowed.", "文档含 {value} 个别名,上限为 {limit} 个。",
        "Ask for many keys with one list argument.", "查询多个编码时,请用一个列表参数。",
    ),
    Code(
        "TOO_MANY_DIRECTIVES", HTTPStatus.BAD_REQUEST,
        "The document has {value} directives; {limit} are allowed.", "文档含 {value} 个指令,上限为 {limit} 个。",
        "Remove directives that are not needed.", "请去掉不需要的指令。",
    ),
    Code(
        "TOO_MANY_FIELDS", HTTPStatus.BAD_REQUEST,
        "The document selects {value} fields; {limit} are allowed.", "文档选取 {value} 个字段,上限为 {limit} 个。",
        "Split the document.", "请拆分查询文档。",
    ),
    Code(
        "TOO_MANY_ROOT_FIELDS", HTTPStatus.BAD_REQUEST,
        "The operation has {value} root fields; {limit} are allowed.", "操作含 {value} 个根字段,上限为 {limit} 个。",
        "Split the operation.", "请拆分操作。",
    ),
    Code(
        "TOO_MANY_SELECTIONS", HTTPStatus.BAD_REQUEST,
        "With its fragments spread out the operation selects {value} fields; {limit} are allowed.", "展开片段后操作选取 {value} 个字段,上限为 {limit} 个。",
        "Spread fragments in fewer places.", "请减少片段的展开次数。",
    ),
    Code(
        "TOO_MANY_OVERLAPS", HTTPStatus.BAD_REQUEST,
        "The document repeats the same names {value} times over; {limit} are allowed.", "文档中同名字段的重合数为 {value},上限为 {limit}。",
        "Share the repeated selections in fewer fragments, or split the document.", "请合并重复的选取,或拆分文档。",
    ),
    Code(
        "INTROSPECTION_TOO_DEEP", HTTPStatus.BAD_REQUEST,
        "Introspection lists are nested {value} times; {limit} are allowed.", "内省列表嵌套 {value} 层,上限为 {limit} 层。",
        "Use the standard introspection query.", "请使用标准的内省查询。",
    ),
    Code(
        "INTROSPECTION_NOT_ALONE", HTTPStatus.BAD_REQUEST,
        "Introspection of fields and other questions are asked in one operation.", "同一操作同时包含字段内省与其他查询。",
        "Ask for the schema in an operation of its own.", "请用单独的操作查询模式。",
    ),
    Code(
        "QUERY_TOO_COSTLY", HTTPStatus.BAD_REQUEST,
        "The operation may cost {value}; {limit} is allowed.", "操作的估算成本为 {value},上限为 {limit}。",
        "Ask for smaller pages with `first`, or for fewer fields.", "请用 `first` 缩小分页,或减少字段。",
    ),
    # What is wrong with an argument
    Code(
        "MALFORMED_KEY", HTTPStatus.BAD_REQUEST,
        "`{key}` is no key.", "`{key}` 不是标识。",
        "Write a key as `scheme:edition:code`, such as `gbt4754:2017:65`; `-` stands for 'no edition'.",
        "请按「编码体系:版本:编码」书写,如 `gbt4754:2017:65`;无版本时写 `-`。", spoken=True,
    ),
    Code(
        "MALFORMED_CODE", HTTPStatus.BAD_REQUEST,
        "This is no code.", "编码的格式不正确。",
        "Give 1 to 120 printable characters.", "请提供 1 至 120 个可见字符。", spoken=True,
    ),
    Code(
        "MALFORMED_REPRESENTATION", HTTPStatus.BAD_REQUEST,
        "The `{member}` of a representation is missing or cannot be read.", "实体引用缺少 `{member}`,或其无法读取。",
        "Give an object of `__typename` and `key`, or `scheme`, `edition` and `code`.", "请提供含 `__typename` 与 `key`(或 `scheme`、`edition`、`code`)的对象。", spoken=True,
    ),
    Code(
        "TOO_MANY_KEYS", HTTPStatus.BAD_REQUEST,
        "{value} keys were given; {limit} are allowed.", "一次提供了 {value} 个标识,上限为 {limit} 个。",
        "Ask in several requests.", "请分多次查询。", spoken=True,
    ),
    Code(
        "BAD_PAGE", HTTPStatus.BAD_REQUEST,
        "A page holds 1 to {limit} items, not {value}.", "每页可含 1 至 {limit} 项,不能是 {value}。",
        "Ask for fewer with `first`, and go on with `after`.", "请用 `first` 减少项数,再用 `after` 继续。",
        spoken=True,
    ),
    Code(
        "BAD_CURSOR", HTTPStatus.BAD_REQUEST,
        "This cursor was not given by a list in this order.", "该游标并非由此排序的列表给出。",
        "Give a cursor unchanged to the list it came from, or begin without one.",
        "请将游标原样用于给出它的列表,或不带游标重新开始。", spoken=True,
    ),
    Code(
        "MALFORMED_ID", HTTPStatus.BAD_REQUEST,
        "This is no id of a node.", "节点 ID 的格式不正确。",
        "Give an `id` as the hub wrote it, such as `outcome:cert:2020:courier`.",
        "请原样提供枢纽给出的 `id`,如 `outcome:cert:2020:courier`。", spoken=True,
    ),
    Code(
        "BAD_DEPTH", HTTPStatus.BAD_REQUEST,
        "One goes 1 to {limit} steps down, not {value}.", "可下行 1 至 {limit} 级,不能是 {value}。",
        "Ask for another `maxDepth`, or for none.", "请调整 `maxDepth`,或不提供。", spoken=True,
    ),
    Code(
        "BAD_RANK", HTTPStatus.BAD_REQUEST,
        "A rank of industry classes is 1 to {limit}, not {value}.", "行业分类层级为 1 至 {limit},不能是 {value}。",
        "Ask for another `industryRank`; 1 is topmost.", "请调整 `industryRank`,1 为最高层级。", spoken=True,
    ),
    Code(
        "RANGE_REVERSED", HTTPStatus.BAD_REQUEST,
        "Nothing lies between {low} and {high}: `{filter}` has its bounds the wrong way round.",
        "{low} 与 {high} 之间没有任何值:`{filter}` 的上下限颠倒。",
        "Give the lower bound first, or leave one out.", "请将较小的值作为下限,或省略其一。", spoken=True,
    ),
    Code(
        "MOMENT_WITHOUT_ZONE", HTTPStatus.BAD_REQUEST,
        "`knownAt` has no time zone.", "`knownAt` 未带时区。",
        "Write it as 2026-01-31T08:00:00+08:00 or ...Z.", "请写作 2026-01-31T08:00:00+08:00 或以 Z 结尾。",
        spoken=True,
    ),
    Code(
        "MALFORMED_DATE", HTTPStatus.BAD_REQUEST,
        "`{argument}` must be written as {form}.", "`{argument}` 须写作 {form}。",
        "Write a day as YYYY-MM-DD, and a moment with its time of day and time zone.",
        "日期请写作 YYYY-MM-DD;时刻须带时间与时区。", spoken=True,
    ),
    Code(
        "MALFORMED_DECIMAL", HTTPStatus.BAD_REQUEST,
        "`{argument}` must be written as a decimal, such as {form}.", "`{argument}` 须写作十进制数,如 {form}。",
        "Write digits with at most one point, in quotes, so that nothing is rounded.",
        "请用引号写出数字,至多一个小数点,以免被舍入。", spoken=True,
    ),
    Code(
        "DAY_TOO_LATE", HTTPStatus.BAD_REQUEST,
        "`{argument}` may be {limit} at the latest.", "`{argument}` 最晚为 {limit}。",
        "Ask for an earlier day; the last day of the calendar stands for 'no end'.",
        "请改用更早的日期;历法的最后一日表示「无终止」。", spoken=True,
    ),
    Code(
        "SEARCH_TEXT_EMPTY", HTTPStatus.BAD_REQUEST,
        "There is nothing to search for.", "检索文本为空。",
        "Give a code, Chinese characters or the beginning of a word.", "请提供编码、汉字或单词的开头。", spoken=True,
    ),
    Code(
        "SEARCH_TEXT_TOO_LONG", HTTPStatus.BAD_REQUEST,
        "The text to search for is {value} characters long; {limit} are allowed.",
        "检索文本长 {value} 个字符,上限为 {limit}。",
        "Give a part of the title.", "请只提供名称的一部分。", spoken=True,
    ),
    # What is wrong with a question of recognition
    Code(
        "INSTITUTION_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "No institution of that key is known.", "没有该标识的机构。",
        "Look it up among `institutions`.", "请在 `institutions` 中查找。", spoken=True,
    ),
    Code(
        "PROGRAMME_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "The institution has no programme version of that key.", "该机构没有该标识的培养方案。",
        "Look it up among `programmes`; the edition is the year of intake.",
        "请在 `programmes` 中查找;标识中的版本是入学年份。", spoken=True,
    ),
    Code(
        "CREDIT_SCHEME_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "No credit scheme of that code is known.", "没有该编码的学分制。",
        "Give the code that an institution's `creditScheme` shows.", "请使用机构 `creditScheme` 所示的编码。", spoken=True,
    ),
    Code(
        "RULE_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "The institution has no rule of that code.", "该机构没有该编码的转换规则。",
        "Look it up among `rules`.", "请在 `rules` 中查找。", spoken=True,
    ),
    Code(
        "OUTCOME_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "No outcome of that key is known.", "没有该标识的成果。",
        "Look it up among `outcomes`.", "请在 `outcomes` 中查找。", spoken=True,
    ),
    Code(
        "REGION_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "No region of that key is live then.", "该日没有该标识的行政区划。",
        "Take it from an institution's `region`.", "请取自机构的 `region`。", spoken=True,
    ),
    Code(
        "TOO_MANY_RESULTS", HTTPStatus.BAD_REQUEST,
        "{value} results were given; {limit} are allowed.", "一次提供了 {value} 个成果,上限为 {limit} 个。",
        "Ask in several questions.", "请分多次查询。", spoken=True,
    ),
    Code(
        "RESULT_ID_TWICE", HTTPStatus.BAD_REQUEST,
        "The result at place {place} has the `resultId` of an earlier one.", "第 {place} 个成果(从 0 起)的 `resultId` 与前面的重复。",
        "Give each result a name of its own.", "请为每个成果使用不同的 `resultId`。", spoken=True,
    ),
    Code(
        "RESULT_NAMES_NOTHING", HTTPStatus.BAD_REQUEST,
        "The result at place {place} names neither an outcome nor a unit.", "第 {place} 个成果(从 0 起)既无 `outcome` 也无 `unit`。",
        "Say what it is a result of.", "请写明是什么成果。", spoken=True,
    ),
    Code(
        "RESULT_UNKNOWN_CODE", HTTPStatus.BAD_REQUEST,
        "`{field}` of the result at place {place} names nothing that is known.", "第 {place} 个成果(从 0 起)的 `{field}` 所指无人知晓。",
        "Correct the key or code; the catalogue lists those known.", "请改正标识或编码,以目录所列为准。", spoken=True,
    ),
    Code(
        "RESULT_CREDIT", HTTPStatus.BAD_REQUEST,
        "`{field}` of the result at place {place} is no credit from 0 to {limit} with at most four decimals.",
        "第 {place} 个成果(从 0 起)的 `{field}` 不是 0 至 {limit} 之间、至多四位小数的学分。",
        "Write the amount as text, such as \"2.5\".", "请把数值写成文本,例如 \"2.5\"。", spoken=True,
    ),
    Code(
        "RESULT_DATES", HTTPStatus.BAD_REQUEST,
        "The completion of the result at place {place} lacks a day, or ends before it begins.",
        "第 {place} 个成果(从 0 起)的取得日期缺少首日或末日,或先后颠倒。",
        "Give both days; the same one twice where it is known exactly.", "请同时给出两个日期;确知某日时两者相同。", spoken=True,
    ),
    Code(
        "RESULT_MALFORMED", HTTPStatus.BAD_REQUEST,
        "`{field}` of the result at place {place} is out of its bounds.", "第 {place} 个成果(从 0 起)的 `{field}` 超出范围。",
        "Compare it with the description of the field.", "请对照该字段的说明。", spoken=True,
    ),
    Code(
        "TOO_MANY_SETS", HTTPStatus.BAD_REQUEST,
        "{value} sets of results were given; {limit} are allowed.", "一次提供了 {value} 组成果,上限为 {limit} 组。",
        "Subscribe to `whatIfMany`, or use `alliance-hub evaluate`.", "请订阅 `whatIfMany`,或使用 `alliance-hub evaluate`。", spoken=True,
    ),
    Code(
        "ROW_MALFORMED", HTTPStatus.BAD_REQUEST,
        "The cell `{field}` cannot be read, or is missing.", "单元格 `{field}` 无法读取或缺失。",
        "Compare it with the table of columns in docs/records.md.", "请对照 docs/records.md 的列说明改正。",
    ),
    Code(
        "ROW_STRAY", HTTPStatus.BAD_REQUEST,
        "The cell `{field}` does not belong to a row of this kind.", "该类行不应填写单元格 `{field}`。",
        "Say in `row` what the row is about, or leave the cell empty; docs/records.md has the columns.",
        "请在 `row` 列注明行的类别,或清空该单元格;列说明见 docs/records.md。",
    ),
    Code(
        "SET_SPLIT", HTTPStatus.BAD_REQUEST,
        "The rows of this set stand apart.", "同一组的各行不相邻。",
        "Sort the file by `set`.", "请按 `set` 列排序。",
    ),
    Code(
        "TOO_MANY_CONSUMED", HTTPStatus.BAD_REQUEST,
        "{value} past applications were given; {limit} are allowed.", "一次提供了 {value} 项已使用记录,上限为 {limit} 项。",
        "Leave out those of other accounts and long ended programmes.", "请去掉其他账户及早已结束方案的记录。", spoken=True,
    ),
    Code(
        "CONSUMED_MALFORMED", HTTPStatus.BAD_REQUEST,
        "`{field}` of the past application at place {place} cannot be read, or is out of its bounds.",
        "第 {place} 项已使用记录(从 0 起)的 `{field}` 无法读取或超出范围。",
        "Compare it with the description of the field.", "请对照该字段的说明改正。", spoken=True,
    ),
    Code(
        "CONSUMED_UNKNOWN_CODE", HTTPStatus.BAD_REQUEST,
        "`{field}` of the past application at place {place} names nothing that is known.",
        "第 {place} 项已使用记录(从 0 起)的 `{field}` 所指无人知晓。",
        "Correct the key, code or version; the graph keeps those that have ended too.",
        "请改正标识、编码或版本号;已失效的版本图谱中同样保留。", spoken=True,
    ),
    Code(
        "HELD_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "The target held at place {place} names nothing that is known.", "第 {place} 项目标状态(从 0 起)所指无人知晓。",
        "Correct the outcome's key; the catalogue lists those known.", "请改正成果标识,以目录所列为准。", spoken=True,
    ),
    Code(
        "SILENT_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "The silent source at place {place} names an institution that nobody knows.",
        "第 {place} 个未应答来源(从 0 起)所列机构无人知晓。",
        "Correct the institution's key, or give null: then it may speak for any.",
        "请改正机构标识,或填 null,视为可代表任何机构。", spoken=True,
    ),
    Code(
        "USED_UNLISTED", HTTPStatus.BAD_REQUEST,
        "The past application at place {place} used a result that its set does not list.",
        "第 {place} 项已使用记录(从 0 起)用到的成果未列在该组中。",
        "List every result it used in the same set, and write their `resultId`s with blanks between.",
        "请在同一组中逐项列出所用成果,`usedResults` 中的代号以空格分隔。", spoken=True,
    ),
    Code(
        "PLAN_IMPOSSIBLE", HTTPStatus.BAD_REQUEST,
        "No plan uses all the rules of `include`.", "没有方案能同时采用 `include` 所列的全部规则。",
        "Ask `whatIf` with `rules` to see whether one of them gives nothing, and why; where each would give by itself, "
        "they need the same result, exclude each other or fill a cap: include fewer.",
        "请用 `whatIf` 的 `rules` 查看是否有规则不予认定及其原因;若各自均可认定,则它们争用同一成果、互相排斥或占满上限,请减少 `include`。", spoken=True,
    ),
    Code(
        "PLAN_CURRENCIES", HTTPStatus.BAD_REQUEST,
        "The rules' fees are in several currencies, which are never compared.", "相关规则的费用币种不同,无法比较。",
        "Ask for MOST_CREDIT; `fees` then tells the sum in each currency.", "请改用 MOST_CREDIT,`fees` 会分币种列出合计。", spoken=True,
    ),
    Code(
        "PLAN_TOO_LARGE", HTTPStatus.BAD_REQUEST,
        "The credits are too large to be planned with.", "学分数额过大,无法制定方案。",
        "Correct the credits of the results and rules.", "请改正成果与规则中的学分。", spoken=True,
    ),
    Code(
        "RULE_BOOK_TOO_LARGE", HTTPStatus.SERVICE_UNAVAILABLE,
        "The institution's rules name more than can be held at once.", "该机构的规则所涉内容过多,无法一次载入。",
        "Tell the operator.", "请告知运维人员。", spoken=True,
    ),
    # What is wrong with a question to the members
    Code(
        "PERSONAL_REFUSED", HTTPStatus.FORBIDDEN,
        "This is about a person, and is not answered here.", "该查询涉及个人,此处不予应答。",
        "Ask where the hub is set up for it; without access control that is the demonstration, on its own machine.",
        "请在已为此配置的枢纽上查询;在接入访问控制之前,仅限本机演示。", spoken=True,
    ),
    Code(
        "GOVERNING_REFUSED", HTTPStatus.FORBIDDEN,
        "This is for those who run the alliance.", "该操作仅供联盟管理人员使用。",
        "Ask the operator.", "请联系运维人员。", spoken=True,
    ),
    Code(
        "NO_MEMBERS", HTTPStatus.SERVICE_UNAVAILABLE,
        "This hub has no way to members' sources.", "本枢纽未接入成员来源。",
        "Ask the operator to name a folder of sources.", "请联系运维人员配置来源目录。", spoken=True,
    ),
    Code(
        "SOURCE_UNKNOWN", HTTPStatus.BAD_REQUEST,
        "No source of that code is declared.", "没有该编码的来源。",
        "Look it up among `members`.", "请在 `members` 中查找。", spoken=True,
    ),
    Code(
        "LEARNER_MALFORMED", HTTPStatus.BAD_REQUEST,
        "`{field}` is empty, too long, or not printable.", "`{field}` 为空、过长或含不可见字符。",
        "Give 1 to {limit} printable characters.", "请提供 1 至 {limit} 个可见字符。", spoken=True,
    ),
    Code(
        "BAD_WITHIN", HTTPStatus.BAD_REQUEST,
        "`within` is not more than 0 and at most {limit} seconds.", "`within` 须大于 0 且不超过 {limit} 秒。",
        "Give another time, or none.", "请调整时间,或不提供。", spoken=True,
    ),
    Code(
        "TIE_NOT_PROPOSED", HTTPStatus.BAD_REQUEST,
        "Nobody has proposed this tie.", "尚无人提出该记录关联。",
        "Propose it first; somebody else then confirms it.", "请先提出关联,再由他人确认。", spoken=True,
    ),
    Code(
        "TIE_OWN_PROPOSAL", HTTPStatus.BAD_REQUEST,
        "Who proposed a tie does not confirm it.", "提出关联者不得自行确认。",
        "Have somebody else confirm it.", "请由他人确认。", spoken=True,
    ),
    # What is wrong with the request
    Code(
        "METHOD_NOT_ALLOWED", HTTPStatus.METHOD_NOT_ALLOWED,
        "The method is not allowed here; allowed: {allow}.", "此处不允许该请求方法;允许:{allow}。",
        "Use an allowed method; mutations need POST.", "请使用允许的方法;变更操作须用 POST。",
    ),
    Code(
        "ORIGIN_REFUSED", HTTPStatus.FORBIDDEN,
        "Pages of this origin may not ask here.", "不允许来自该源的页面访问。",
        "Ask the operator to allow the origin.", "请联系运维人员许可该源。",
    ),
    Code(
        "NOT_FOUND", HTTPStatus.NOT_FOUND,
        "There is nothing at this path.", "此路径不存在。",
        "There are / (start page), /graphql, /graphiql, /export/CONCEPT.FORM (such as /export/outcomes.csv), "
        "/ims/case/v1p1/CFDocuments and /health/ready.",
        "可访问 /(首页)、/graphql、/graphiql、/export/概念.格式(如 /export/outcomes.csv)、"
        "/ims/case/v1p1/CFDocuments 与 /health/ready。",
    ),
    Code(
        "NOT_ACCEPTABLE", HTTPStatus.NOT_ACCEPTABLE,
        "No media type of the Accept header is served here.", "无法提供 Accept 所要求的媒体类型。",
        "Accept `application/graphql-response+json` or `application/json`.",
        "请接受 `application/graphql-response+json` 或 `application/json`。",
    ),
    Code(
        "UNSUPPORTED_MEDIA_TYPE", HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body must be `application/json` in UTF-8.", "请求体须为 UTF-8 编码的 `application/json`。",
        "Set `Content-Type: application/json`.", "请设置 `Content-Type: application/json`。",
    ),
    Code(
        "UNSUPPORTED_ENCODING", HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Compressed request bodies are not read.", "不接受压缩的请求体。",
        "Send the body without Content-Encoding.", "请勿压缩请求体。",
    ),
    Code(
        "BODY_TOO_LARGE", HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is larger than {limit} bytes.", "请求体超过 {limit} 字节。",
        "Send a smaller body.", "请缩小请求体。",
    ),
    Code(
        "BODY_TOO_SLOW", HTTPStatus.REQUEST_TIMEOUT,
        "The body did not arrive within {seconds} s.", "请求体未在 {seconds} 秒内到齐。",
        "Send the body at once.", "请一次性发送请求体。",
    ),
    Code(
        "BODY_NOT_UTF8", HTTPStatus.BAD_REQUEST,
        "The request is not valid UTF-8.", "请求不是合法的 UTF-8 文本。",
        "Encode the request in UTF-8.", "请用 UTF-8 编码。",
    ),
    Code(
        "BODY_NOT_JSON", HTTPStatus.BAD_REQUEST,
        "The text is not strict JSON: {why}.", "文本不是严格的 JSON:{why}。",
        "Send one JSON object as RFC 8259 defines it, without duplicate names.",
        "请按 RFC 8259 发送一个 JSON 对象,且名称不得重复。",
    ),
    Code(
        "BODY_TOO_COMPLEX", HTTPStatus.BAD_REQUEST,
        "The JSON has too many {what}; {limit} are allowed.", "JSON 的 {what} 过多,上限为 {limit}。",
        "Send flatter or smaller variables.", "请精简变量。",
    ),
    Code(
        "BODY_WRONG_SHAPE", HTTPStatus.BAD_REQUEST,
        "`{member}` must be {wanted}.", "`{member}` 的类型不正确(应为 {wanted})。",
        "Send an object with `query` and, if needed, `operationName`, `variables` and `extensions`.",
        "请发送含 `query` 的对象,可另带 `operationName`、`variables`、`extensions`。",
    ),
    # What is wrong with an export
    Code(
        "EXPORT_UNKNOWN", HTTPStatus.NOT_FOUND,
        "There is no such export; concepts are {concepts}; forms are {forms}.",
        "没有这样的导出文件;概念有 {concepts};格式有 {forms}。",
        "Ask for /export/CONCEPT.FORM, such as /export/outcomes.csv.",
        "请访问 /export/概念.格式,如 /export/outcomes.csv。",
    ),
    Code(
        "BAD_EXPORT", HTTPStatus.BAD_REQUEST,
        "`{parameter}={value}` is not understood in an export; allowed: {allowed}.",
        "导出参数 `{parameter}={value}` 无法识别;可用:{allowed}。",
        "Give where=FIELD=VALUE and key=KEY, as often as needed; filter={...}; validOn=2026-01-31; knownAt=2026-01-31T08:00:00Z.",
        "可多次给出 where=字段=值 与 key=标识;另有 filter={...}、validOn=2026-01-31、knownAt=2026-01-31T08:00:00Z。",
    ),
    Code(
        "EXPORT_SELECTS_NOTHING", HTTPStatus.NOT_FOUND,
        "Nothing has `{parameter}={value}` at this moment.", "此时没有任何条目符合 `{parameter}={value}`。",
        "Look the key or the value up, or ask as of another moment with validOn and knownAt.",
        "请核对标识或取值,或用 validOn、knownAt 指定其他时点。",
    ),
    Code(
        "EXPORT_KNOWS_NOTHING", HTTPStatus.NOT_FOUND,
        "At {known} nothing was known that could be exported: there was no publication yet.",
        "截至 {known} 尚无任何已发布的知识,没有内容可导出。",
        "Ask with a later knownAt (--known-at) or without one; a graph without any publication needs an import first.",
        "请改用较晚的 knownAt(--known-at)或不提供;图谱尚无发布内容时请先导入。",
    ),
    Code(
        "EXPORT_TOO_LARGE", HTTPStatus.BAD_REQUEST,
        "An export takes at most {limit} of `{parameter}`.", "一次导出的 `{parameter}` 不得超过 {limit} 个。",
        "Ask for fewer, or use `alliance-hub export` beside the graph.",
        "请减少数量,或在图谱所在处使用 `alliance-hub export`。",
    ),
    Code(
        "BAD_FILTER", HTTPStatus.BAD_REQUEST,
        "The filter does not fit `{type}`: {why}", "筛选条件与 `{type}` 不符:{why}",
        "Write it as JSON, as a variable of a query gives it to `where`; the type tells its fields.",
        "请写成 JSON,与查询中以变量提供的 `where` 相同;字段见该类型的说明。",
    ),
    Code(
        "FILTER_NOT_SERVED", HTTPStatus.BAD_REQUEST,
        "What is exported as `{concept}` has no filter; there is one for {concepts}.",
        "导出 `{concept}` 时不支持筛选;可筛选的有 {concepts}。",
        "Choose by fields with where=FIELD=VALUE.", "请用 where=字段=值 按字段选取。",
    ),
    # Warnings: beside an answer, in `extensions.warnings`
    Code(
        "FILTER_VALUE_UNKNOWN", HTTPStatus.OK,
        "`{filter}` names `{value}`, which is not known at this moment: nothing can be listed for it.",
        "`{filter}` 所指 `{value}` 在此时点无人知晓,不会列出任何与之相符的条目。",
        "Correct the key or code, or ask as of another moment.", "请改正标识或编码,或改用其他时点。",
    ),
    Code(
        "NOTHING_KNOWN_YET", HTTPStatus.OK,
        "At {known} nothing was known: the first publication came later.",
        "截至 {known} 尚无任何已发布的知识。",
        "Ask with a later `knownAt`, or without one.", "请改用较晚的 `knownAt`,或不提供。",
    ),
    Code(
        "LIST_CUT", HTTPStatus.OK,
        "`{field}` of `{key}` tells {limit} of {count}; the last one is `{after}`.",
        "`{key}` 的 `{field}` 共 {count} 项,仅列出 {limit} 项,最后一项为 `{after}`。",
        "Ask for the others with `after`.", "其余部分请用 `after` 继续查询。",
    ),
    # What is wrong on our side
    Code(
        "GRAPH_AWAY", HTTPStatus.SERVICE_UNAVAILABLE,
        "The graph cannot be reached now.", "图数据库暂时无法访问。",
        "Try again in a few seconds; /health/ready tells its state.", "请稍后重试;状态见 /health/ready。",
        spoken=True,
    ),
    Code(
        "GRAPH_BUSY", HTTPStatus.SERVICE_UNAVAILABLE,
        "The graph has more questions than it can answer now.", "图数据库当前过于繁忙。",
        "Try again in a few seconds, or ask for smaller pages.", "请稍后重试,或缩小分页。", spoken=True,
    ),
    Code(
        "GRAPH_TIMEOUT", HTTPStatus.SERVICE_UNAVAILABLE,
        "The graph did not answer in time.", "图数据库未能及时应答。",
        "Ask for smaller pages, or try again.", "请缩小分页,或稍后重试。", spoken=True,
    ),
    Code(
        "SEARCH_AWAY", HTTPStatus.SERVICE_UNAVAILABLE,
        "The search is not ready yet.", "检索尚未就绪。",
        "Try again in a few seconds.", "请稍后重试。", spoken=True,
    ),
    Code(
        "OVERLOADED", HTTPStatus.SERVICE_UNAVAILABLE,
        "The hub has more requests than it can answer in time.", "当前请求过多,暂时无法处理。",
        "Try again after the seconds in Retry-After.", "请在 Retry-After 所示秒数后重试。",
    ),
    Code(
        "TOO_MANY_OPERATIONS_OPEN", HTTPStatus.SERVICE_UNAVAILABLE,
        "This connection has {limit} operations in progress already.", "该连接进行中的操作已达 {limit} 个。",
        "Complete one of them first, or open another connection.", "请先结束其中一个,或另开连接。",
    ),
    Code(
        "DEADLINE_EXCEEDED", HTTPStatus.SERVICE_UNAVAILABLE,
        "The answer was not ready within {seconds} s.", "未能在 {seconds} 秒内得出结果。",
        "Ask for less, or try again.", "请缩小查询范围,或稍后重试。",
    ),
    Code(
        "INTERNAL", HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong in the hub.", "枢纽内部出错。",
        "Tell the operator the request id.", "请将请求编号告知运维人员。",
    ),
)  # fmt: skip

CODES: Final = {code.name: code for code in _TABLE}
