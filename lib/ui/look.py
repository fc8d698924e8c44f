"""What the theme in `.streamlit/config.toml` cannot say."""

from __future__ import annotations

OPEN_CASE = "open-case"
"""The key of the container that holds the open case beside the worklist."""

BROWSER_MEMORY = "browser-memory"
"""The key of a container whose fields nobody sees: the browser sends their values again after a restart."""

STYLE = f"""<style>
/* Streamlit writes white on the primary color, which is a light one in the dark theme, and fades the shortcut. */
[data-testid^="stBaseButton-primary"] {{ color: light-dark(#ffffff, #06191d); }}
[data-testid^="stBaseButton-primary"] kbd {{ color: inherit; opacity: 1; }}

/* Streamlit leaves a hand's breadth above the title, which pushes the form's button out of a laptop's sight. */
[data-testid="stMainBlockContainer"] {{ padding-top: 4rem; }}

.loading {{ margin: 20vh auto; text-align: center; font-family: sans-serif; opacity: 0.6; }}

/* From the first paint on, so that nothing moves when the first run says `wide`, or when a field takes its place. */
[data-testid="stMainBlockContainer"] {{ max-width: none; }}
[data-testid="stForm"] [data-testid="stSkeleton"] {{ height: 4.25rem; }}

/* Words in place of the eye: the icons' font is the largest file of all, and the sign-in page needs no other icon. */
[data-testid="stTextInput"] button [data-testid="stIconMaterial"] {{ display: none; }}
[data-testid="stTextInput"] button {{ font-size: 0.875rem; }}
[data-testid="stTextInput"] button[aria-label="Show password"]::after {{ content: "Show"; }}
[data-testid="stTextInput"] button[aria-label="Hide password"]::after {{ content: "Hide"; }}

.st-key-{BROWSER_MEMORY} {{ display: none; }}

/* A history reads as a line along which things happened: when and who, then what. */
[class*="st-key-event-"] {{
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
.case-desk-draft {{ font-size: 0.875rem; opacity: 0.75; }}
.case-desk-draft:has([data-problem="yes"]) {{ opacity: 1; font-weight: 600; }}
[data-draft-told] {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
[class*="st-key-show-draft-of-case-"] {{ display: none; }}
body[data-draft="stands"] [class*="st-key-show-draft-of-case-"] {{ display: block; }}
.case-desk-draft-banner {{
  position: fixed; inset: auto 1rem 1rem auto; padding: 0.5rem 1rem; border-radius: 0.4rem; z-index: 999;
  background: light-dark(#16242b, #e6eef1); color: light-dark(#ffffff, #11191d);
}}
.case-desk-draft-banner:empty {{ display: none; }}

/* On a phone the columns stand below each other: the open case comes first, where the table was touched. */
@media (max-width: 640px) {{
  [data-testid="stMain"] {{ overflow-anchor: none; }}
  [data-testid="stColumn"]:has(.st-key-{OPEN_CASE}) {{ order: -1; }}
}}
</style>"""
