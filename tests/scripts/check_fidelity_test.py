"""The table of docs/fidelity.md is held to the tests: what makes scripts/check_fidelity.py fail, and what does not."""
import importlib.util
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/check_fidelity.py"
specification = importlib.util.spec_from_file_location("check_fidelity", SCRIPT)
check_fidelity = importlib.util.module_from_spec(specification)
specification.loader.exec_module(check_fidelity)

CPP = r'''
TEST_CASE("a plain name; with a semicolon") {
  SECTION("inside") {}
}
TEST_CASE_METHOD(Fixture,
                 "a name in "
                 "two pieces") {}
TEMPLATE_TEST_CASE("of types", "", A, B) {}
// "only a comment"
'''
JS = r"""test('the host\'s file', () => {});
await t.test('a step', async () => {});
const rows = [{ says: 'a row of a table', status: 200 }];
"""


class CheckFidelity(unittest.TestCase):
    def faults(self, cell, head="| rule | test |"):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {
                "docs/fidelity.md": f"# Title\n\n{head}\n| --- | --- |\n| a rule | {cell} |\n",
                "tests/unit/x/a_test.cpp": CPP,
                "tests/e2e/b.test.mjs": JS,
                "tests/e2e/codes.test.mjs": "",
                "fixtures/codes/EHE1-file.json": "{}",
                "fixtures/codes/EHE2-folder/case.json": "{}",
            }.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return list(check_fidelity.check(root))

    def test_a_row_that_names_tests_that_exist_is_good(self):
        for cell in (
            'u/x/a_test.cpp "a plain name; with a semicolon"',
            'u/x/a_test.cpp "inside", "a name in two pieces", "of types"',
            'u/x/a_test.cpp "inside"; e2e/b.test.mjs "the host\'s file", "a step", "a row of a table"',
            'e2e/codes.test.mjs "EHE1-file", "EHE2-folder"',
        ):
            self.assertEqual(self.faults(cell), [], cell)

    def test_a_row_without_a_test_fails_with_its_line(self):
        for cell in ("", "none", "u/x/a_test.cpp", '"inside"'):
            found = self.faults(cell)
            self.assertEqual(len(found), 1, cell)
            self.assertTrue(found[0].startswith("docs/fidelity.md:5: "), found[0])

    def test_a_file_or_a_name_that_does_not_exist_fails(self):
        self.assertIn("there is no tests/unit/x/gone_test.cpp", self.faults('u/x/gone_test.cpp "inside"')[0])
        for name in ("only a comment", "insid", "a name in"):
            self.assertIn(f'has no test "{name}"', self.faults(f'u/x/a_test.cpp "inside", "{name}"')[0])
        self.assertEqual(len(self.faults('e2e/codes.test.mjs "EHE3"')), 1)

    def test_a_table_without_the_column_fails(self):
        self.assertIn("docs/fidelity.md:3: ", self.faults('u/x/a_test.cpp "inside"', "| rule | shown by |")[0])


if __name__ == "__main__":
    unittest.main()
