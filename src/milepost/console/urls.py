"""Every address of the console."""

from django.urls import path

from milepost.console.views import home, messages, password, people, program, session, settings

urlpatterns = [
    path("", home.home, name="home"),
    path("home/first-event/", home.first_event, name="first-event"),
    path("home/time-to-value.csv", home.time_to_value_csv, name="time-to-value-csv"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("invitation/<int:user_id>/<str:token>/", session.invitation, name="invitation"),
    path("workspace/", session.choose_workspace, name="choose-workspace"),
    path("language/", session.choose_language, name="choose-language"),
    path("people/", people.people, name="people"),
    path("people/<int:uid>/", people.person, name="person"),
    path("people/<int:uid>/timeline/", people.timeline, name="timeline"),
    path("people/<int:uid>/why/<str:kind>/<str:key>/", people.why_not, name="why-not"),
    path("program/", program.program, name="program"),
    path("program/edit/", program.edit, name="program-edit"),
    path("program/draft/", program.save, name="program-save"),
    path("program/discard/", program.discard, name="program-discard"),
    path("program/release/", program.release, name="program-release"),
    path("program/releases/", program.releases, name="program-releases"),
    path("program/releases/<int:number>/", program.one_release, name="program-one-release"),
    path("program/releases/<int:number>/roll-back/", program.roll_back, name="program-roll-back"),
    path("messages/", messages.messages, name="messages"),
    path("settings/", settings.settings, name="settings"),
    path("settings/password/", password.password, name="settings-password"),
    path("settings/keys/", settings.keys, name="settings-keys"),
    path("settings/keys/create/", settings.create_key, name="settings-create-key"),
    path("settings/keys/<int:key_id>/revoke/", settings.revoke_key, name="settings-revoke-key"),
    path("settings/team/", settings.team, name="settings-team"),
    path("settings/team/invite/", settings.invite, name="settings-invite"),
    path("settings/team/<int:member_id>/", settings.change_member, name="settings-change-member"),
    path("settings/audit/", settings.audit, name="settings-audit"),
]
