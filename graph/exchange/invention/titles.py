"""Titles in both languages, put together from words so that none repeats within a school."""

from __future__ import annotations

from graph.model.values import Text

Word = tuple[str, str]

PLACES: tuple[Word, ...] = (
    ("北京", "Beijing"), ("天津", "Tianjin"), ("河北", "Hebei"), ("山西", "Shanxi"), ("内蒙古", "Inner Mongolia"),
    ("辽宁", "Liaoning"), ("吉林", "Jilin"), ("黑龙江", "Heilongjiang"), ("上海", "Shanghai"), ("江苏", "Jiangsu"),
    ("浙江", "Zhejiang"), ("安徽", "Anhui"), ("福建", "Fujian"), ("江西", "Jiangxi"), ("山东", "Shandong"),
    ("河南", "Henan"), ("湖北", "Hubei"), ("湖南", "Hunan"), ("广东", "Guangdong"), ("广西", "Guangxi"),
    ("海南", "Hainan"), ("重庆", "Chongqing"), ("四川", "Sichuan"), ("贵州", "Guizhou"), ("云南", "Yunnan"),
    ("西藏", "Tibet"), ("陕西", "Shaanxi"), ("甘肃", "Gansu"), ("青海", "Qinghai"), ("宁夏", "Ningxia"),
    ("新疆", "Xinjiang"),
)  # fmt: skip
NAMES: tuple[Word, ...] = (
    ("东方", "Dongfang"), ("明德", "Mingde"), ("江滨", "Riverside"), ("长风", "Changfeng"), ("启航", "Qihang"),
    ("北辰", "Beichen"), ("南湖", "South Lake"), ("中原", "Zhongyuan"), ("海天", "Haitian"), ("青松", "Qingsong"),
    ("弘文", "Hongwen"), ("工程", "Engineering"), ("财经", "Finance"), ("交通", "Transport"),
)  # fmt: skip
SCHOOLS: tuple[tuple[str, str, str, str], ...] = (
    ("大学", "University", "UNIVERSITY", "UNDERGRADUATE"),
    ("职业技术学院", "Vocational and Technical College", "HIGHER_VOCATIONAL_COLLEGE", "HIGHER_VOCATIONAL"),
    ("开放大学", "Open University", "OPEN_UNIVERSITY", "UNDERGRADUATE"),
    ("技师学院", "Technician College", "TECHNICIAN_SCHOOL", "HIGHER_VOCATIONAL"),
    ("中等专业学校", "Secondary Vocational School", "SECONDARY_SCHOOL", "SECONDARY"),
    ("行业协会", "Trade Association", "ASSOCIATION", "HIGHER_VOCATIONAL"),
    ("教育科技公司", "Education Company", "COMPANY", "HIGHER_VOCATIONAL"),
)
TOPICS: tuple[Word, ...] = (
    ("会计", "Accounting"), ("物流", "Logistics"), ("数据库", "Databases"), ("网络", "Networks"),
    ("护理", "Nursing"), ("电工", "Electrical Work"), ("机械制图", "Mechanical Drawing"), ("市场营销", "Marketing"),
    ("人力资源", "Human Resources"), ("英语", "English"), ("学前教育", "Preschool Education"), ("建筑施工", "Construction"),
    ("汽车维修", "Vehicle Repair"), ("烹饪", "Cooking"), ("园林", "Landscaping"), ("动画", "Animation"),
    ("软件测试", "Software Testing"), ("信息安全", "Information Security"), ("电子商务", "E-Commerce"), ("统计", "Statistics"),
    ("焊接", "Welding"), ("数控加工", "CNC Machining"), ("旅游", "Tourism"), ("食品检验", "Food Inspection"),
    ("养老服务", "Care for the Elderly"), ("药学", "Pharmacy"), ("测绘", "Surveying"), ("茶艺", "Tea Art"),
    ("平面设计", "Graphic Design"), ("云计算", "Cloud Computing"),
)  # fmt: skip
FACETS: tuple[Word, ...] = (
    ("基础", "Foundations of"), ("实务", "Practice of"), ("原理", "Principles of"), ("案例分析", "Case Studies in"),
    ("项目管理", "Project Management for"), ("综合实训", "Integrated Training in"), ("质量控制", "Quality Control in"),
    ("法规", "Regulation of"), ("设备", "Equipment for"), ("安全", "Safety in"), ("工艺", "Techniques of"),
    ("前沿", "Frontiers of"), ("职业素养", "Professional Conduct in"), ("数字化", "Digitalisation of"),
    ("调研方法", "Field Methods of"), ("成本核算", "Costing in"),
)  # fmt: skip
DEEDS: tuple[Word, ...] = (
    ("能独立完成{zh}的日常操作", "can carry out everyday {en} unaided"),
    ("了解{zh}的规范与风险", "knows the standards and the risks of {en}"),
    ("能与他人协作解决{zh}中的问题", "is able to solve problems of {en} with others"),
)


def _both(*words: Word) -> Text:
    return Text(zh="".join(zh for zh, _ in words), en=" ".join(en for _, en in words))


def school(number: int) -> Text:
    """Return an institution's name; the first 3,038 differ."""
    kind = SCHOOLS[number % len(SCHOOLS)]
    name = NAMES[number // len(SCHOOLS) % len(NAMES)]
    place = PLACES[number // (len(SCHOOLS) * len(NAMES)) % len(PLACES)]
    return _both(place, name, (kind[0], kind[1]))


def course(number: int) -> tuple[str, str]:
    """Return a course's title in Chinese and English; any 480 numbers in a row differ."""
    topic = TOPICS[number % len(TOPICS)]
    facet = FACETS[number // len(TOPICS) % len(FACETS)]
    return f"{topic[0]}{facet[0]}", f"{facet[1]} {topic[1]}"


def deed(number: int, topic: int) -> tuple[str, str]:
    """Return a statement about a topic in Chinese and English."""
    zh, en = DEEDS[number % len(DEEDS)]
    word = TOPICS[topic % len(TOPICS)]
    return zh.format(zh=word[0]), en.format(en=word[1].lower())
