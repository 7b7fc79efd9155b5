"""Words by which a sentence is seen to deal with policies, meetings, posts and events instead of with a person.

Grammar and the vocabulary of offices, not data: what is sensitive stands in the lexicons.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


PAPERS = (
    r"ask(?:ed|s|ing)? (?:[a-z]+ )?(?:about|why|which|whether|how|for)|report(?:s|ed|ing)? on|leads? (?:on|the)|"
    r"leading on|"
    r"sp(?:ea|o)ks?(?:ing)? (?:on|about|at)|will speak|talk(?:s|ed|ing)? on|presents?|presenting|presentation|"
    r"polic(?:y|ies)|strateg(?:y|ies)|training|trainer|workshop|webinar|seminar|courses|module|e-?learning|awareness|"
    r"campaigns?|leaflets?|posters?|guidance|toolkit|templates?|statistics|figures|dataset|tender|specification|"
    r"commission(?:er|ers|ing|ed)|grant funding|funding (?:bid|round|gap)|(?:the|our|draft|annual|savings|"
    r"draft) budget|bids?|"
    r"scrutiny|cabinet|committee|agenda|minutes|rota|recruit(?:ing|ment|s)?|vacanc(?:y|ies)|advert|interviews for|"
    r"co-?ordinator|network|stall|exhibition|sponsor(?:s|ed|ship)?|raffle|charity|consultation|consulted|"
    r"planning (?:application|consent)|change of use|licensing|lectures?|displays?|banners?|audits?|audited|"
    r"newsletters?|"
    r"bulletins?|briefings?|brief (?:you|members|the)|drafts?|drafting|drafted|writing the|backlog|partnership|"
    r"the board|board meeting|forum|specialist in|expert (?:in|on)|chairs the|chairing|the chair of|chair of|"
    r"joins? the|managers?|director|"
    r"superintendent|choir|fete|play about|projects?|research|review of|study|survey|questionnaire|volunteers|"
    r"fundraising|marathon|equality (?:form|monitoring)|impact assessment|motion|lease|premises|refurbishment|"
    r"reading the|"
    r"guide|handbook|conference on|papers? (?:on|for|to)|spokes(?:man|woman|person)|"
    r"press (?:release|statement|office|officer)|the media|journal|"
    r"the talk|a talk|talk (?:by|about|on)|courses?|in the play|character|novel|thriller|plaque|hate crime|"
    r"practice note|stock photo|drop-?down|mandatory|fictional|byelaw|a photo of|protects?|prevalence|"
    r"(?:rose|fell|risen|fallen|increased|decreased|dropped|went up|went down) (?:by|to|from) \d|(?:is|are) defined|"
    r"e-?cards?|slogans?|you will (?:work|need|be)|you'll (?:work|need|be)|ideal candidate|successful candidate|talk on"
)
"""Alternatives of a pattern: a sentence that holds one deals with the council's own business."""

NAMED_AFTER = words(
    """dessert desserts pudding puddings recipe recipes
    policy policies strategy strategies training awareness workshop workshops course courses week day month act acts
    bill statement team teams service services board boards partnership partnerships forum forums lead leads officer
    officers coordinator coordinators co-ordinator commissioner commissioners commissioning pathway pathways charity
    charities society association foundation trust unit units bulletin newsletter campaign campaigns recruitment
    guidance procedure procedures toolkit helpline audit audits data figures statistics rate rates prevalence numbers
    bay bays toilet toilets access parking network hub hubs project projects programme programmes advert advertisement
    advertising post posts vacancy vacancies manager managers specialist specialists professional professionals
    practitioner practitioners champion champions friend friends friendly cafe group groups sector research event
    events conference conferences module modules e-learning session sessions webinar webinars seminar talk talks
    leaflet leaflets poster posters budget budgets funding fund framework contract contracts tender paper papers
    report reporting backlog rota dates template templates form forms monitoring questionnaire survey surveys
    legislation law laws regulations community centre museum school schools church cemetery burial festival market
    quarter summit inquiry roadshow shop stall exhibition exhibitions display walk ride run choir fair award awards
    alliance federation committee committees commission council scheme schemes initiative initiatives provider
    providers provision sufficiency steering duty duties specification review reviews chair chairs panel panels
    business administrator admin assistant apprentice inspection inspections improvement transformation reform reforms
    guide handbook guidelines protocol protocols standard standards ambassador ambassadors learning uk screening
    campaigners venue accessible summary dance dances class classes rehab exercise
    trend trends facilities facility agency agencies sign signs cases referrals
    nurse nurses worker workers clinic consultant ward medication assessment assessments doctor therapist psychologist
    needed wanted vaccination fundraiser enquiries list lists field nursing
    hospice care beds housing people residents visitors voters users customers children adults passengers readers
    pupils students tenants clients employees staff colleagues women men parents families households drivers
    adjusters"""
)
"""A term right before one of these is the name of a paper, an event, a body or a post ..."""

OWN_AFTER = words(
    """nurse nurses worker workers clinic consultant ward medication review assessment assessments doctor specialist
    therapist psychologist team care children nursing"""
)
"""... but not before one of these where it is somebody's own: "her diabetes nurse"."""

NOT_NAMES = words(
    """the this that these those there it what which who when where why how if as and but so then our your we you
    they he she his her my its council councillors cabinet committee government parliament staff everyone everybody
    nobody
    someone anyone people residents police ofsted children members officers parents pupils scrutiny service services
    team school schools neglect abuse support help today tomorrow nothing yesterday monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october november december mon
    tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec christmas easter ramadan london labour
    england wales scotland britain ireland barnardo macmillan women children men council carers housing planning
    health law work each every any one two three four five six some most many all here storm also dear hi hello
    regards thanks thank please note re subject minutes agenda after before since during under in on at by for from to
    of with no not yes street road lane act bill week day month strategy policy women men adults young drugs alcohol
    crime islam domestic mental physical sexual safeguarding modern black white asian british
    english welsh scottish
    irish polish muslim christian jewish sikh hindu catholic cancer dementia autism stroke age date name address
    religion ethnicity disability reason assessment unison unite gmb nhs hmp university hospital trust society
    association foundation charity homes home office department section hidden type types level case form practice
    birth missing peer prevent self cuckooing hoarding reminders looked part page number item court magistrates crown
    defendant victim perpetrator dash child children's adult adults social care box field errors cost location"""
)
"""What begins with a capital and is no person's name."""
