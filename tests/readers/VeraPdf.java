import java.io.File;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The command line of veraPDF as far as the tests use it, for machines that have its library and not
 * its program: {@code verapdf --flavour 2u --format text FILE…}. Like that program it says PASS or FAIL
 * of each file and ends with 1 where one fails; below a FAIL stand the rules that do not hold.
 */
public final class VeraPdf {
    public static void main(String[] arguments) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.PDFA_2_U;
        List<String> files = new ArrayList<>();
        for (int at = 0; at < arguments.length; at++) {
            switch (arguments[at]) {
                case "--flavour" -> flavour = PDFAFlavour.byFlavourId(arguments[++at]);
                case "--format" -> at++;
                default -> files.add(arguments[at]);
            }
        }
        VeraGreenfieldFoundryProvider.initialise();
        ValidationProfile profile = profile(flavour);
        boolean allPass = true;
        for (String file : files) {
            allPass &= passes(file, flavour, profile);
        }
        System.exit(allPass ? 0 : 1);
    }

    /**
     * The rules of a flavour, from the file in the library. The library's own way to it needs JAXB, which
     * Java no longer has.
     */
    private static ValidationProfile profile(PDFAFlavour flavour) throws Exception {
        String name = "PDF" + flavour.name().substring(3).replaceFirst("_", "-").replace("_", "") + ".xml";
        Set<Rule> rules = new LinkedHashSet<>();
        Set<Variable> variables = new LinkedHashSet<>();
        try (InputStream file = Profiles.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name)) {
            Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).getDocumentElement();
            for (Element rule : elements(root, "rule")) {
                Element id = elements(rule, "id").get(0);
                int test = Integer.parseInt(id.getAttribute("testNumber"));
                rules.add(Profiles.ruleFromValues(
                        Profiles.ruleIdFromValues(
                                flavour.getPart(),
                                id.getAttribute("clause"),
                                test),
                        rule.getAttribute("object"),
                        Boolean.valueOf(rule.getAttribute("deferred")),
                        rule.getAttribute("tags"),
                        text(rule, "description"),
                        text(rule, "test"),
                        Profiles.errorFromValues(text(rule, "message"), List.of()),
                        List.of()));
            }
            for (Element variable : elements(root, "variable")) {
                variables.add(Profiles.variableFromValues(
                        variable.getAttribute("name"),
                        variable.getAttribute("object"),
                        text(variable, "defaultValue"),
                        text(variable, "value")));
            }
        }
        return Profiles.profileFromValues(
                flavour, Profiles.profileDetailsFromValues(name, name, "veraPDF", new Date(0)), "", rules, variables);
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int at = 0; at < found.getLength(); at++) {
            elements.add((Element) found.item(at));
        }
        return elements;
    }

    private static String text(Element parent, String name) {
        List<Element> found = elements(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent();
    }

    private static boolean passes(String file, PDFAFlavour flavour, ValidationProfile profile) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println((result.isCompliant() ? "PASS " : "FAIL ") + file + " " + flavour.getId());
            Map<String, String> broken = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                    broken.putIfAbsent(rule, assertion.getMessage() + " " + assertion.getLocation().getContext());
                }
            }
            broken.forEach((rule, message) -> System.out.println("    " + rule + ": " + message));
            return result.isCompliant();
        }
    }
}
