"""The page a tutorial writes: a client in the session state, every case in every run, a table and a form.

Run by `streamlit run` with SUPABASE_URL and SUPABASE_KEY in the environment.
"""

import os

import pandas as pd
import streamlit as st
from supabase import create_client

STATUSES = ["pending", "analyzing", "completed", "archived"]

if "client" not in st.session_state:
    client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_KEY"])
    client.auth.sign_in_with_password({"email": "ada@demo.example", "password": "casedesk-demo"})
    st.session_state.client = client
client = st.session_state.client

st.title("Cases")
cases = client.table("cases").select("*").order("created_at").execute().data
table = st.dataframe(pd.DataFrame(cases), on_select="rerun", selection_mode="single-row")

for row in table.selection.rows:
    case = cases[row]
    with st.form("case"):
        name = st.text_input("Name", case["patient_name"])
        age = st.number_input("Age", value=case["patient_age"])
        status = st.selectbox("Status", STATUSES, index=STATUSES.index(case["status"]))
        summary = st.text_area("Summary", case["case_summary"])
        if st.form_submit_button("Save"):
            changes = {"patient_name": name, "patient_age": age, "status": status, "case_summary": summary}
            client.table("cases").update(changes).eq("case_id", case["case_id"]).execute()
            st.rerun()
