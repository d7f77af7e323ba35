//! Impact PBX over real HTTP, and its machine under random commands.

mod golden;
