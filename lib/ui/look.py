"""What the theme in `.streamlit/config.toml` cannot say."""

from __future__ import annotations

OPEN_CASE = "open-case"
"""The key of the container that holds the open case beside the worklist."""

BANNER = "banner"
"""The class of the banner, and the beginning of its container's key."""

SAVE_BAR = "save-bar"
"""The key of the container that holds the buttons of the form and what came of them."""

SAVE_RESULT = "save-result"
"""The key of the container that says what came of a save; a script makes screen readers listen to it."""

TIMELINE = "timeline"
"""The key of the container that holds the history of the open case; a script brings it into sight."""

CLASH = "clash"
"""The key of the container with what is to be decided; a script brings it into sight."""

BACK = "back-to-list"
"""The key of the button that leads back to the list where the open case covers it."""

LOOK_FOR_CHANGES = "look-for-changes"
"""The key of the button that nobody sees: a script presses it every half minute."""

DRAFT_MARKS = "draft-marks"
"""The key of the button that nobody sees: a script presses it where a case gets a draft, or loses it."""

FILTER_LINE = "filter-line"
"""The key of the container with what the worklist is narrowed down by."""

SEARCH = "search"
"""The key of the search box in it."""

TABLE_BOX = "table-box"
"""The key of the container that gives the worklist's table its height."""

RUN_KEYS = "run-keys"
"""The key of the container with the buttons of a triage run that submit the form."""

ACCOUNT_LINE = "account-line"
"""The key of the container with the page's title and the account, which stands in the line of the navigation."""

SESSION_WARNING = "session-warning"
"""The key of the container that says that the session is about to end, above the page."""

MANY_BAR = "many-bar"
"""The key of the container with what can be done to many cases at once, below the table."""

MANY_COUNT = "many-count"
"""The key of the container that says how many rows are picked; a script makes screen readers listen to it."""

MANY_ANSWERS = "many-answers"
"""The key of the container with the answers to the question before many cases are changed."""

MANY_RESULT = "many-result"
"""The key of the container that says what came of it; a script makes screen readers listen to it."""

ROW_HEIGHT = 31
HEAD_HEIGHT = 36
"""Pixels: of the table's rows, and of its head."""

_BOX = '[data-testid="stLayoutWrapper"]'
"""What Streamlit puts around every container."""

_FIELD = '.stElementContainer:is([class*="st-key-case_summary-of-case-"], [class*="st-key-patient_name-of-case-"])'
_BANNER_BOX = f'.stHorizontalBlock[class*="st-key-{BANNER}-of-case-"]'
_UNSAVED_BOX = '.stHorizontalBlock[class*="st-key-unsaved-of-case-"]'
_SHOW_DRAFT = '.stElementContainer[class*="st-key-show-draft-of-case-"]'

_LETTERS = {"b": "B", "s": "S", "n": "N", "e": "E", "z": "Z", "escape": "Esc"}
_RUN_LETTERS = "\n".join(
    f""".st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) .stElementContainer[class*="st-key-press-{key}-"] button::after {{
  content: "{letter}" / ""; border: 1px solid light-dark(#c6d2d6, #3a4a52); border-radius: 0.25rem;
  padding: 0 0.35rem; margin-inline-start: 0.4rem; font-size: 0.75rem; line-height: 1.5;
}}"""
    for key, letter in _LETTERS.items()
)
"""The keys of a triage run, seen on their buttons: hints that come up there make each case slower to draw."""

ACCOUNT_MENU = "account-menu"
"""The key of the menu with the way to the account and out."""

# Chromium tries a selector whose last part begins with `:has` or `[class*=` on every element, and again after each
# change below it. So that part names a class or an attribute that few have.
STYLE = f"""<style>
/* Streamlit writes white on the primary color, which is a light one in the dark theme, and fades the shortcut. */
[data-testid^="stBaseButton-primary"] {{ color: light-dark(#ffffff, #06191d); }}
[data-testid^="stBaseButton-primary"] kbd {{ color: inherit; opacity: 1; }}

/* One quiet line on top, and the whole window for the bench below it. */
[data-testid="stMainBlockContainer"] {{ padding: 3.75rem 1.5rem 0.25rem; }}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: 0.35rem; }}
.stVerticalBlock.st-key-{TABLE_BOX} {{ height: calc(100dvh - 11.75rem); min-height: 25.5rem; flex: none; }}
.st-key-{TABLE_BOX} [data-testid="stElementToolbar"] {{ display: none; }}
/* The row of the open case scrolls with the others, and not over the table's head. */
.st-key-{TABLE_BOX} .dvn-scroller {{ mask: linear-gradient(transparent {HEAD_HEIGHT}px, black 0); }}
body[data-open-row] .st-key-{TABLE_BOX} .dvn-scroll-inner::before {{
  content: ""; visibility: visible; position: absolute; inset-inline: 0; height: {ROW_HEIGHT}px;
  top: calc({HEAD_HEIGHT}px + {ROW_HEIGHT}px * var(--open-row)); pointer-events: none;
  background: light-dark(#0b62702e, #5cc3d333); border-inline-start: 4px solid light-dark(#0b6270, #5cc3d3);
}}

.st-key-{FILTER_LINE} > .st-key-{SEARCH} {{ min-width: 12rem; }}

/* Many at once: the table gives up some of its height below, so that no row moves. */
.stColumn:has(.st-key-{MANY_BAR}) .st-key-{TABLE_BOX} {{ height: calc(100dvh - 15rem); }}
.stColumn:has(.st-key-{MANY_RESULT} .result) .st-key-{TABLE_BOX} {{ height: calc(100dvh - 18rem); }}
.st-key-{MANY_RESULT} {{ max-height: 7rem; overflow-y: auto; }}
.st-key-{MANY_RESULT} .result + .result {{ margin-top: 0.35rem; }}
{_BOX}:has(> .st-key-{MANY_RESULT} .nothing) {{ position: absolute; }}
.st-key-{MANY_BAR} button {{ padding-inline: 0.6rem; min-height: 2rem; }}
.many {{ margin: 0; padding-inline-start: 1.25rem; max-height: 45dvh; overflow-y: auto; }}

/* That something is under way shows at the edge: Streamlit's own sign covers the account, with a button that stops. */
[data-testid="stStatusWidget"] {{ display: none; }}
@keyframes under-way {{ 0% {{ opacity: 0; }} 20%, 100% {{ opacity: 1; }} }}
[data-testid="stApp"][data-test-script-state="running"]::before {{
  content: ""; position: fixed; inset: 0 0 auto 0; height: 3px; z-index: 999999; opacity: 0;
  background: light-dark(#0b6270, #5cc3d3); animation: under-way 1s 0.7s alternate infinite;
}}

/* What waits for an answer can still be read. */
.stElementContainer[data-stale="true"] {{ opacity: 0.65; }}

.loading {{ margin: 20vh auto; text-align: center; font-family: sans-serif; opacity: 0.6; }}

/* From the first paint on, so that nothing moves when the first run says `wide`, or when a field takes its place. */
[data-testid="stMainBlockContainer"] {{ max-width: none; }}
[data-testid="stForm"] [data-testid="stSkeleton"] {{ height: 4.25rem; }}

/* Words in place of the eye: the icons' font is the largest file of all, and the sign-in page needs no other icon. */
[data-testid="stTextInput"] button [data-testid="stIconMaterial"] {{ display: none; }}
[data-testid="stTextInput"] button {{ font-size: 0.875rem; }}
[data-testid="stTextInput"] button[aria-label="Show password"]::after {{ content: "Show"; }}
[data-testid="stTextInput"] button[aria-label="Hide password"]::after {{ content: "Hide"; }}

/* What only brings scripts takes no place. */
.stElementContainer:has(> .stHtml > script:first-child) {{ display: none; }}

/* What is said to screen readers alone. */
.for-ears, [data-draft-told] {{
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}}

/* Buttons that are an icon to the eye keep their words for everybody else. */
.st-key-{OPEN_CASE} .stElementContainer:is(
  .st-key-press-n-note, [class*="-press-j-"], [class*="-press-k-"], [class*="-press-f-"]
) p {{
  position: absolute; clip-path: inset(50%);
}}

/* The open case: its banner and its buttons stay in sight, what is between them scrolls. */
.stVerticalBlock.st-key-{OPEN_CASE} {{
  max-height: calc(100dvh - 7.5rem); overflow-y: auto; flex: none; gap: 0.75rem; padding: 0 0.25rem 0.25rem;
}}
.st-key-{OPEN_CASE} > {_BOX}:has(> {_BANNER_BOX}) {{ position: sticky; top: 0; z-index: 2; }}
.st-key-{OPEN_CASE} {_BOX}:has(> .st-key-{SAVE_BAR}) {{ position: sticky; bottom: -0.25rem; order: 1; z-index: 2; }}
.st-key-{SAVE_BAR}, {_BANNER_BOX} {{ background: light-dark(#ffffff, #11191d); gap: 0.5rem; }}
.st-key-{SAVE_BAR} {{ padding-bottom: 0.25rem; }}
/* With large text, age and gender go below the name before they get too narrow to be read. */
@media (min-width: 641px) {{ .st-key-{OPEN_CASE} [data-testid="stColumn"] {{ min-width: 5.5rem; }} }}
.st-key-{OPEN_CASE} form, .st-key-{OPEN_CASE} .stForm > .stVerticalBlock {{ gap: 0.75rem; }}
{_BANNER_BOX}, {_UNSAVED_BOX} {{ flex-wrap: nowrap; }}
:is({_BANNER_BOX}, {_UNSAVED_BOX}) > .stElementContainer:first-child {{ flex: 1; min-width: 0; }}
.{BANNER} h2:focus {{ outline: none; text-decoration: underline; text-decoration-thickness: 1px; }}
{_UNSAVED_BOX} {{ font-size: 0.875rem; }}
.st-key-{OPEN_CASE}[inert] > div {{ opacity: 0.5; }}
.st-key-{OPEN_CASE}[data-opening]::before {{ content: attr(data-opening); font-weight: 600; }}
.{BANNER} {{ border-inline-start: 4px solid light-dark(#0b6270, #5cc3d3); padding-inline-start: 0.75rem; }}
.{BANNER} h2 {{
  font-size: 1.35rem; line-height: 1.3; padding: 0; margin: 0; overflow-wrap: anywhere;
  overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
}}
@media (max-height: 500px) {{ .{BANNER} h2 {{ -webkit-line-clamp: 1; }} }}
.{BANNER} p {{ margin: 0; }}
.{BANNER} p > strong, .{BANNER} p > span {{ white-space: nowrap; }}
[class*="st-key-press-f-"] [data-testid="stBaseButton-secondary"] {{
  background: light-dark(#fcefd0, #4a3a12); border-color: light-dark(#8a5a00, #f2c14b);
}}
.{BANNER} p.overdue {{ font-size: 0.875rem; }}
.overdue {{ color: light-dark(#b3400f, #ff9d76); }}
[class*="st-key-case_summary-of-case-"] textarea {{ min-height: max(7rem, calc(100dvh - 35rem)); }}
.st-key-{BACK} {{ display: none; }}
/* While the next case is drawn, Streamlit leaves the fields of the last one below those of the next for some frames. */
.st-key-{OPEN_CASE} {_FIELD} ~ {_FIELD}, .st-key-{OPEN_CASE} {_BOX}:has({_FIELD}) ~ {_BOX}:has({_FIELD}) {{
  display: none;
}}

.st-key-{SAVE_RESULT}:not(:has(.result)) {{ position: absolute; }}
.result {{ border-radius: 0.4rem; padding: 0.35rem 0.6rem; overflow-wrap: anywhere; }}
.result.success {{ background: light-dark(#ddf1e3, #17402a); }}
.result.info {{ background: light-dark(#e3eef8, #1b3144); }}
.result.warning {{ background: light-dark(#fcefd0, #4a3a12); }}
.result.error {{ background: light-dark(#fbe3e1, #4a2220); }}
[aria-describedby="why-invalid"] {{ outline: 2px solid light-dark(#c2321f, #ff8f80); outline-offset: -2px; }}

.st-key-{TIMELINE}, .st-key-{CLASH} {{ scroll-margin: 9rem 0 0; }}
/* A history reads as a line along which things happened: when and who, then what. */
.stVerticalBlock[class*="st-key-event-"] {{
  border-inline-start: 2px solid light-dark(#c6d2d6, #3a4a52);
  padding-inline-start: 0.75rem;
}}
.when {{ margin: 0; font-size: 0.875rem; color: light-dark(#4a5c64, #a9b9c0); }}
.when time {{ text-decoration: underline dotted; }}
.change {{ overflow-wrap: anywhere; }}
.st-key-activity [data-testid="stPageLink-NavLink"] {{ padding-inline: 0; text-decoration: underline; }}

/* Patient text as it was written; what is gone and what came differ by more than their colour. */
.diff {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
.diff del {{ background: light-dark(#fbe3e1, #4a2220); color: light-dark(#7a1712, #ffc9c4); }}
.diff ins {{ background: light-dark(#d9f2e0, #17402a); color: light-dark(#0d4a25, #b9f2cd); }}
.diff del + ins {{ margin-inline-start: 0.15em; }}
.diff summary {{ cursor: pointer; white-space: normal; font-size: 0.875rem; color: light-dark(#4a5c64, #a9b9c0); }}

/* What is typed is kept, says a quiet line; a draft of another device is offered only where there is one. */
.case-desk-draft {{ font-size: 0.875rem; opacity: 0.75; min-width: 5.5rem; min-height: 1.3rem; }}
.case-desk-draft:has([data-problem="yes"]) {{ opacity: 1; font-weight: 600; }}
.st-key-{DRAFT_MARKS}, .st-key-{LOOK_FOR_CHANGES}, {_SHOW_DRAFT} {{ display: none; }}
body[data-draft="stands"] {_SHOW_DRAFT} {{ display: block; }}
.case-desk-draft-banner {{
  position: fixed; inset: auto 1rem 1rem auto; padding: 0.5rem 1rem; border-radius: 0.4rem; z-index: 999;
  background: light-dark(#16242b, #e6eef1); color: light-dark(#ffffff, #11191d);
}}
.case-desk-draft-banner:empty {{ display: none; }}

/* The list of the keys. */
.keys-list {{ columns: 2 16rem; width: min(46rem, 80vw); font-size: 0.875rem; }}
.keys {{ break-inside: avoid; border-collapse: collapse; margin-bottom: 0.5rem; }}
.keys caption {{ text-align: start; font-weight: 600; padding-block: 0.25rem; }}
.keys th {{ font-weight: 400; text-align: start; padding: 0.1rem 1rem 0.1rem 0; white-space: nowrap; }}
kbd {{ border: 1px solid light-dark(#c6d2d6, #3a4a52); border-radius: 0.25rem; padding: 0 0.35rem; font-size: 0.8rem; }}
/* Streamlit writes the name of an open popover in the primary color, too dark on a dark page while it fades. */
.st-key-{ACCOUNT_LINE} [data-testid="stPopover"] button {{ color: inherit; transition: none; }}
@media (max-width: 640px) {{ .st-key-press-h-keys {{ display: none; }} }}

/* Wide enough for both, the title is for screen readers, and the account stands in the line of the navigation. */
@media (min-width: 901px) {{
  .st-key-{ACCOUNT_LINE} {{ position: fixed; top: 0.6rem; right: 4rem; z-index: 999991; width: max-content; }}
  .st-key-{ACCOUNT_LINE}, .st-key-{ACCOUNT_LINE} [data-testid="stHorizontalBlock"] {{ flex-wrap: nowrap; }}
  .st-key-{ACCOUNT_LINE} [data-testid="stHeading"] {{ position: absolute; clip-path: inset(50%); width: 1px; }}
}}

/* That the session is about to end is said over the line of the navigation, and nothing below it moves. */
[data-testid="stMainBlockContainer"] .st-key-{SESSION_WARNING} {{
  position: fixed; top: 0.5rem; left: 19rem; z-index: 999994; width: max-content; max-width: calc(100dvw - 19rem);
  flex-wrap: nowrap; gap: 0.5rem; background: light-dark(#ffffff, #11191d); border-radius: 0.5rem;
}}
.stMainBlockContainer > .stVerticalBlock > {_BOX}:has(> .stVerticalBlock > {_BOX} > .st-key-{SESSION_WARNING}) {{
  position: absolute;
}}
.st-key-{SESSION_WARNING} [data-testid="stAlertContainer"] {{ padding: 0.5rem 0.75rem; }}
.st-key-{SESSION_WARNING} button {{ white-space: nowrap; }}
/* Where a case covers the page, it leaves the name in sight. */
@media (max-width: 900px) {{
  [data-testid="stMainBlockContainer"] .st-key-{SESSION_WARNING} {{ top: 0; left: 0; max-width: 100dvw; }}
  .st-key-{SESSION_WARNING} [data-testid="stAlertContainer"] {{ padding: 0.2rem 0.5rem; }}
  .st-key-{SESSION_WARNING} p {{ font-size: 0.8rem; line-height: 1.3; }}
  .st-key-{SESSION_WARNING} button {{ min-height: 2.25rem; padding-block: 0; }}
}}

/* Where the line above the list takes two. */
@media (min-width: 901px) and (max-width: 1180px) {{
  .stVerticalBlock.st-key-{TABLE_BOX} {{ height: calc(100dvh - 15rem); }}
  .stVerticalBlock.st-key-{OPEN_CASE} {{ max-height: calc(100dvh - 10.75rem); }}
}}

/* Three in a line on a phone: the button that is pressed stays where it is when something is said beside it. */
@media (max-width: 640px) {{
  :is(.st-key-{SAVE_BAR}, .st-key-{MANY_ANSWERS}) kbd {{ display: none; }}
  .st-key-{OPEN_CASE} [class*="st-key-press-"] button::after {{ display: none; }}
  [class*="st-key-status-of-case-"] button {{ padding-inline: 0.35rem; min-width: 0; }}
}}

/* A triage run: one case in large type; the keys below it set its status, in place of the field. */
.stColumn:has(+ .stColumn .st-key-{RUN_KEYS}) {{ display: none; }}
.st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) {{ max-width: 72rem; margin: 0 auto; max-height: calc(100dvh - 7.5rem); }}
.st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) .{BANNER} h2 {{ font-size: 2rem; }}
.st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) .{BANNER} p {{ font-size: 1.125rem; }}
.st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) textarea {{
  font-size: 1.25rem; line-height: 1.6; min-height: max(7rem, calc(100dvh - 26rem));
}}
.st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) .stElementContainer[class*="st-key-status-of-case-"] {{ display: none; }}
.st-key-{RUN_KEYS} button {{ min-height: 2.75rem; }}
{_RUN_LETTERS}

/* On a phone, and at 200 %, the list is the page and a case opens over it. */
@media (max-width: 900px) {{
  .stColumn:has(.st-key-{TABLE_BOX}), .stColumn:has(.st-key-{OPEN_CASE}) {{
    min-width: 100%;
  }}
  .st-key-{OPEN_CASE}:has(.{BANNER}) {{
    position: fixed; inset: 0; z-index: 999992; max-height: none; padding: 0 1rem;
    background: light-dark(#ffffff, #11191d);
  }}
  .st-key-{BACK} {{ display: block; }}
  .st-key-{ACCOUNT_LINE} h1 {{ font-size: 1.25rem; padding: 0; }}
  .st-key-{FILTER_LINE} > .st-key-{SEARCH} {{ min-width: 100%; }}
  /* A triage run covers the page, too, below the line that says how far it has come. */
  .st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) {{ inset: 2.75rem 0 0; max-width: none; max-height: none; }}
  .stElementContainer:has(> [data-testid="stProgress"]):not([role="dialog"] *) {{
    position: fixed; inset: 0 0 auto; z-index: 999993; padding: 0.25rem 1rem; height: 2.75rem;
    background: light-dark(#ffffff, #11191d);
  }}
}}
@media (max-height: 500px) {{
  .st-key-{OPEN_CASE}:has(.st-key-{RUN_KEYS}) textarea {{ height: 5.5rem !important; min-height: 0; }}
}}
</style>"""
