"""A scripted session of an agent, by the MCP client of PyPI: it plays a customer who is busy and one who talks,
and has that written down as a test in each language.

    python3 agent.py RINGBACK FOLDER
"""

import asyncio
import json
import pathlib
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def play(program, folder):
    async with stdio_client(StdioServerParameters(command=program, args=["mcp"])) as (read, write):
        async with ClientSession(read, write) as session:
            begun = await session.initialize()
            info = getattr(begun, "serverInfo", None) or begun.server_info
            tools = [tool.name for tool in (await session.list_tools()).tools]
            print(f"{info.name} {info.version}: {len(tools)} tools")

            async def call(tool, **arguments):
                told = await session.call_tool(tool, arguments)
                failed = getattr(told, "isError", None) or getattr(told, "is_error", False)
                text = told.content[0].text
                assert not failed, f"{tool} {arguments}: {text}"
                return json.loads(text) if text.startswith("{") else text

            await call("start_vendors", vendors=["mango"])
            crm = {"vendor": "mango", "account": "crm"}
            await call("open_account", **crm)
            await call("set_inbox", **crm, name="crm", plan=[500])
            await call("set_rule", **crm, to="7916*", outcome="busy", ring=2, times=1)
            await call("set_rule", **crm, to="7917*", outcome="answer", ring=3, talk=20)
            await call("set_rule", **crm, to="7918*", outcome="fail", cause="UNALLOCATED_NUMBER")
            busy = await call("place_call", **crm, **{"from": "101", "to": "79161234567"})
            await call("place_call", **crm, **{"from": "102", "to": "79171234567"})
            await call("place_call", **crm, **{"from": "103", "to": "79181234567"})
            await call("move_clock", **crm, until={"event": "call_ended", "call": busy["id"]}, max=60)
            await call("move_clock", **crm, seconds=60)
            ringing = await call("place_call", **crm, **{"from": "79190000000", "to": "101"}, outcome="manual")
            await call("drive_call", call=ringing["id"], verb="answer", leg="b")
            await call("drive_call", call=ringing["id"], verb="dtmf", leg="a", digits="12#")
            await call("drive_call", call=ringing["id"], verb="transfer", to="104", moved="b")
            await call("move_clock", **crm, until_idle=True, max=600)
            match = {"kind": "event", "event": "call_ended", "cause": "USER_BUSY", "call": busy["id"]}
            await call("verify", **crm, match=match, times=1)
            await call("verify", **crm, match=match, wait=1)
            await call("verify", **crm, order=[{"event": "leg_ringing"}, {"event": "call_ended", "cause": "NORMAL_CLEARING"}])
            for language, name in [("python", "test_made.py"), ("typescript", "made.vitest.ts"), ("javascript", "made.test.mjs")]:
                made = await call("make_test", **crm, language=language, name="What an agent did")
                pathlib.Path(folder, name).write_text(made)


asyncio.run(play(*sys.argv[1:]))
